/* links: pf_terminal pf_protocol pf_ops pf_base */
/* Exact decimals as text: order, rounding for showing, and texts that are none. */
#include "terminal/number.h"
#include "unit/test.h"

static void test_order(void **state) {
    /* Each is below the next. */
    static const char *const rising[] = {
        "-12345678901234567890123456789.12345678",
        "-10.5",
        "-10.49999999",
        "-9",
        "-0.00000001",
        "0",
        "0.00000001",
        "0.1",
        "0.10000001",
        "9",
        "10",
        "90071992547409.91000001",
        "90071992547409.91000002",
        "12345678901234567890123456789.12345678",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rising); i++)
        for (size_t j = 0; j < COUNT_OF(rising); j++)
            assert_row(number_compare(rising[i], rising[j]) == (i > j) - (i < j), rising[i]);
    assert_int_equal(number_compare("1.50", "1.5"), 0);
    assert_int_equal(number_compare("-0", "0.00"), 0);
    assert_int_equal(number_compare(NULL, "-5"), -1);
    assert_int_equal(number_compare("-5", "1e400"), 1);
    assert_int_equal(number_compare(NULL, "1e400"), 0);
}

static void test_sign(void **state) {
    (void)state;
    assert_int_equal(number_sign("-0.00000001"), -1);
    assert_int_equal(number_sign("3"), 1);
    assert_int_equal(number_sign("-0.000"), 0);
    assert_int_equal(number_sign("1e5"), 0);
    assert_int_equal(number_sign(NULL), 0);
}

static void test_showing(void **state) {
    static const struct {
        const char *text;
        int least, most;
        const char *shown;
    } rows[] = {
        {"0", 2, 2, "0.00"},
        {"-0.004", 2, 2, "0.00"},
        {"0.005", 2, 2, "0.01"},
        {"-0.005", 2, 2, "-0.01"},
        {"999.995", 2, 2, "1,000.00"},
        {"999999.995", 2, 2, "1,000,000.00"},
        {"1234567.891", 2, 2, "1,234,567.89"},
        {"-36889.08680885", 2, 2, "-36,889.09"},
        {"12.5", 0, NUMBER_EXACT, "12.5"},
        {"12", 0, NUMBER_EXACT, "12"},
        {"12", 2, NUMBER_EXACT, "12.00"},
        {"100", 0, 0, "100"},
        {"99.5", 0, 0, "100"},
        {"1e400", 2, 2, "1e400"},
        {"12345678901234567890123456789.12345678", 2, NUMBER_EXACT, "12,345,678,901,234,567,890,123,456,789.12345678"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char shown[NUMBER_SHOWN_MAX];
        size_t len = number_show(shown, rows[i].text, rows[i].least, rows[i].most);
        assert_row(strcmp(shown, rows[i].shown) == 0 && len == strlen(shown), rows[i].text);
    }
}

static void test_no_room_is_exceeded(void **state) {
    char digits[400], shown[NUMBER_SHOWN_MAX];
    (void)state;
    for (size_t len = 1; len < sizeof digits; len++) {
        memset(digits, '9', len);
        digits[len] = '\0';
        assert_true(number_show(shown, digits, 2, 2) < sizeof shown);
        if (len > 4) {
            digits[len / 2] = '.';
            assert_true(number_show(shown, digits, 8, NUMBER_EXACT) < sizeof shown);
            assert_true(number_show(shown, digits, 2, 2) < sizeof shown);
        }
    }
    assert_true(number_show(shown, NULL, 2, 2) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_showing),
        cmocka_unit_test(test_no_room_is_exceeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
