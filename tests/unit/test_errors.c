/* The error codes of the contract. links: pf_protocol pf_base */
#include "protocol/errors.h"
#include "unit/test.h"

static void test_each_code_is_complete_and_distinct(void **state) {
    (void)state;
    for (int i = ERROR_NONE + 1; i < ERROR_N; i++) {
        enum error_code error = (enum error_code)i;
        assert_non_null(error_code_text(error));
        assert_non_null(error_title(error));
        assert_in_range(error_http_status(error), 400, 599);
        for (int j = ERROR_NONE + 1; j < i; j++)
            assert_string_not_equal(error_code_text(error), error_code_text((enum error_code)j));
    }
}

static void test_codes_of_the_contract(void **state) {
    (void)state;
    assert_string_equal(error_code_text(ERROR_INVALID_JSON), "invalid_json");
    assert_int_equal(error_http_status(ERROR_INVALID_JSON), 400);
    assert_int_equal(error_http_status(ERROR_INVALID_FIELD), 422);
    assert_int_equal(error_http_status(ERROR_OUTCOME_UNKNOWN), 503);
    assert_true(error_is_retryable(ERROR_UNAVAILABLE));
    assert_true(error_is_retryable(ERROR_RATE_LIMITED));
    assert_false(error_is_retryable(ERROR_NOT_FOUND));
}

static void test_no_error_is_answered_as_internal(void **state) {
    (void)state;
    assert_string_equal(error_code_text(ERROR_NONE), "internal");
    assert_int_equal(error_http_status(ERROR_N), 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_code_is_complete_and_distinct),
        cmocka_unit_test(test_codes_of_the_contract),
        cmocka_unit_test(test_no_error_is_answered_as_internal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
