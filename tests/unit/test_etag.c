/* If-Match and If-None-Match. links: pf_app pf_store pf_protocol pf_base */
#include "app/etag.h"
#include "unit/test.h"

static void test_lists(void **state) {
    static const struct {
        const char *header;
        bool strongly, weakly;
    } rows[] = {
        {"\"a1\"", true, true},
        {"*", true, true},
        {" * ", true, true},
        {"\"x\", \"a1\"", true, true},
        {"\"x\",\"a1\" ", true, true},
        {"W/\"a1\"", false, true},
        {"W/\"a1\", \"a1\"", true, true},
        {"\"x\"", false, false},
        {"\"a\"", false, false},
        {"\"a12\"", false, false},
        {"a1", false, false},
        {"\"a1", false, false},
        {"", false, false},
        {"*a1", false, false},
        {"w/\"a1\"", false, false},
        {"\"x\" \"a1\"", false, false},
        {"\"x,a1\"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_row(etag_matches_strongly(rows[i].header, "a1") == rows[i].strongly, rows[i].header);
        assert_row(etag_matches_weakly(rows[i].header, "a1") == rows[i].weakly, rows[i].header);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
