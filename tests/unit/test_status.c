/* Each status has a name of its own. links: pf_base */
#include "base/status.h"
#include "unit/test.h"

static void test_names_are_distinct_and_never_null(void **state) {
    (void)state;
    for (int i = 0; i < STATUS_N; i++) {
        const char *name = status_name((enum status)i);
        assert_non_null(name);
        assert_string_not_equal(name, "unknown");
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, status_name((enum status)j));
    }
    assert_string_equal(status_name(STATUS_OUTCOME_UNKNOWN), "outcome_unknown");
    assert_string_equal(status_name(STATUS_N), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_distinct_and_never_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
