/* Exact arithmetic and its texts. Expected values are computed elsewhere, with
 * rational numbers. links: pf_base */
#include "base/decimal.h"
#include "unit/test.h"

#include <stdbool.h>

/* An integer of up to 128 bits, written out: C has no such constants. */
static int128 wide(const char *text) {
    bool is_negative = text[0] == '-';
    uint128 value = 0;
    for (const char *at = text + is_negative; *at; at++)
        value = value * 10 + (unsigned)(*at - '0');
    return (int128)(is_negative ? (uint128)0 - value : value);
}

#define INT128_MAX_TEXT "170141183460469231731687303715884105727"
#define INT128_MIN_TEXT "-170141183460469231731687303715884105728"

struct parse_row {
    const char *text;
    enum status status;
    int64_t e8;
};

static void test_parse_reads_exact_decimals(void **state) {
    static const struct parse_row rows[] = {
        {"0", STATUS_OK, 0},
        {"-0", STATUS_OK, 0},
        {"-0.0", STATUS_OK, 0},
        {"1", STATUS_OK, 100000000},
        {"10", STATUS_OK, 1000000000},
        {"0.1", STATUS_OK, 10000000},
        {"0.00000001", STATUS_OK, 1},
        {"-0.00000001", STATUS_OK, -1},
        {"12345678901.12345678", STATUS_OK, 1234567890112345678},
        {"90000000000", STATUS_OK, DECIMAL_MAX_E8},
        {"-90000000000.00000000", STATUS_OK, -DECIMAL_MAX_E8},
        {"1.100000000000000000000000000000", STATUS_OK, 110000000},
        {"90000000000.00000001", STATUS_OUT_OF_RANGE, 0},
        {"90000000000.000000001", STATUS_OUT_OF_RANGE, 0},
        {"90000000001", STATUS_OUT_OF_RANGE, 0},
        {"1.123456789", STATUS_OUT_OF_RANGE, 0},
        {"0.000000001", STATUS_OUT_OF_RANGE, 0},
        {"0.0000000000000000000000000000000000000001", STATUS_OUT_OF_RANGE, 0},
        {"12345678901234567890", STATUS_OUT_OF_RANGE, 0},
        {"-12345678901234567890", STATUS_OUT_OF_RANGE, 0},
        {"18446744073709551616", STATUS_OUT_OF_RANGE, 0},
        {"340282366920938463463374607431768211456", STATUS_OUT_OF_RANGE, 0},
        {"340282366920938463463374607431768211457.5", STATUS_OUT_OF_RANGE, 0},
        {"", STATUS_INVALID, 0},
        {"-", STATUS_INVALID, 0},
        {"+1", STATUS_INVALID, 0},
        {"01", STATUS_INVALID, 0},
        {"00", STATUS_INVALID, 0},
        {"-01", STATUS_INVALID, 0},
        {".5", STATUS_INVALID, 0},
        {"-.5", STATUS_INVALID, 0},
        {"5.", STATUS_INVALID, 0},
        {"1e5", STATUS_INVALID, 0},
        {"1.5E2", STATUS_INVALID, 0},
        {"1.2.3", STATUS_INVALID, 0},
        {"--1", STATUS_INVALID, 0},
        {" 1", STATUS_INVALID, 0},
        {"1 ", STATUS_INVALID, 0},
        {"1,5", STATUS_INVALID, 0},
        {"NaN", STATUS_INVALID, 0},
        {"Infinity", STATUS_INVALID, 0},
        {"0x10", STATUS_INVALID, 0},
        /* the form is judged before the range */
        {"12345678901234567890x", STATUS_INVALID, 0},
        {"1.123456789e", STATUS_INVALID, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t e8 = 77;
        assert_row(decimal_parse(rows[i].text, strlen(rows[i].text), &e8) == rows[i].status, rows[i].text);
        assert_row(e8 == (rows[i].status == STATUS_OK ? rows[i].e8 : 77), rows[i].text);
    }
}

static void test_parse_of_endless_digits_does_not_wrap(void **state) {
    static char digits[100000];
    int64_t e8;
    struct amount amount;
    (void)state;
    memset(digits, '9', sizeof digits);
    assert_int_equal(decimal_parse(digits, sizeof digits, &e8), STATUS_OUT_OF_RANGE);
    assert_int_equal(amount_parse(digits, sizeof digits, &amount), STATUS_OUT_OF_RANGE);
    /* Each length: one of them would wrap to something small. */
    memset(digits + 1, '0', sizeof digits - 1);
    digits[0] = '1';
    for (size_t len = 12; len < 200; len++)
        assert_int_equal(decimal_parse(digits, len, &e8), STATUS_OUT_OF_RANGE);
    for (size_t len = 31; len < 200; len++)
        assert_int_equal(amount_parse(digits, len, &amount), STATUS_OUT_OF_RANGE);
    memset(digits, '0', sizeof digits);
    digits[1] = '.';
    assert_int_equal(decimal_parse(digits, sizeof digits, &e8), STATUS_OK);
    assert_int_equal(e8, 0);
}

static void test_parse_needs_no_nul(void **state) {
    int64_t e8;
    (void)state;
    assert_int_equal(decimal_parse("12.5999", 4, &e8), STATUS_OK);
    assert_int_equal(e8, 1250000000);
    assert_int_equal(decimal_parse("12.5\0", 5, &e8), STATUS_INVALID);
}

static void test_amount_parse_reaches_its_bound(void **state) {
    static const struct {
        const char *text;
        enum status status;
        const char *e8;
    } rows[] = {
        {"999999999999999999999999999999.99999999", STATUS_OK, "99999999999999999999999999999999999999"},
        {"-999999999999999999999999999999.99999999", STATUS_OK, "-99999999999999999999999999999999999999"},
        {"1000000000000000000000000000000", STATUS_OUT_OF_RANGE, "0"},
        {"-1000000000000000000000000000000", STATUS_OUT_OF_RANGE, "0"},
        {"999999999999999999999999999999.999999999", STATUS_OUT_OF_RANGE, "0"},
        {"9999999999999999999999999999999", STATUS_OUT_OF_RANGE, "0"},
        {"90000000000.00000001", STATUS_OK, "9000000000000000001"},
        {"-0", STATUS_OK, "0"},
        {"1e3", STATUS_INVALID, "0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount amount = {77};
        assert_row(amount_parse(rows[i].text, strlen(rows[i].text), &amount) == rows[i].status, rows[i].text);
        assert_row(amount.e8 == (rows[i].status == STATUS_OK ? wide(rows[i].e8) : 77), rows[i].text);
    }
}

static void test_write_is_the_shortest_exact_text(void **state) {
    static const struct {
        const char *e8, *text;
    } rows[] = {
        {"0", "0"},
        {"1", "0.00000001"},
        {"-1", "-0.00000001"},
        {"10", "0.0000001"},
        {"99999999", "0.99999999"},
        {"100000000", "1"},
        {"-100000000", "-1"},
        {"110000000", "1.1"},
        {"100000001", "1.00000001"},
        {"1000000000", "10"},
        {"123450000000", "1234.5"},
        {"1234567890112345678", "12345678901.12345678"},
        {"9000000000000000000", "90000000000"},
        {"9223372036854775807", "92233720368.54775807"},
        {"-9223372036854775808", "-92233720368.54775808"},
        {"18446744073709551615", "184467440737.09551615"},
        {"18446744073709551616", "184467440737.09551616"},
        {"1000000000000000000000000000", "10000000000000000000"},
        {"1000000000000000000000000001", "10000000000000000000.00000001"},
        {"100000000000000000000000000010000000", "1000000000000000000000000000.1"},
        {INT128_MAX_TEXT, "1701411834604692317316873037158.84105727"},
        {INT128_MIN_TEXT, "-1701411834604692317316873037158.84105728"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[DECIMAL_TEXT_MAX];
        int128 e8 = wide(rows[i].e8);
        size_t len = amount_write(out, (struct amount){e8});
        assert_row(len == strlen(rows[i].text) && memcmp(out, rows[i].text, len) == 0, rows[i].text);
        if (e8 != (int64_t)e8)
            continue;
        len = decimal_write(out, (int64_t)e8);
        assert_row(len == strlen(rows[i].text) && memcmp(out, rows[i].text, len) == 0, rows[i].text);
    }
}

static void test_write_percent_has_four_decimals(void **state) {
    static const struct {
        const char *e4, *text;
    } rows[] = {
        {"0", "0"},
        {"1", "0.0001"},
        {"-1", "-0.0001"},
        {"1000000", "100"},
        {"333333", "33.3333"},
        {"-12500", "-1.25"},
        {"10000", "1"},
        {INT128_MIN_TEXT, "-17014118346046923173168730371588410.5728"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[DECIMAL_TEXT_MAX];
        size_t len = percent_write(out, (struct percent){wide(rows[i].e4)});
        assert_row(len == strlen(rows[i].text) && memcmp(out, rows[i].text, len) == 0, rows[i].text);
    }
}

static void test_product_rounds_half_away_from_zero(void **state) {
    static const struct {
        int64_t quantity, price;
        const char *amount;
    } rows[] = {
        {0, 5, "0"},
        {1, 1, "0"},
        {1, 49999999, "0"},
        {1, 50000000, "1"},
        {-1, 49999999, "0"},
        {-1, 50000000, "-1"},
        {1, -50000000, "-1"},
        {-1, -50000000, "1"},
        {3, 50000000, "2"},
        {5, 50000000, "3"},
        {-5, 10000000, "-1"},
        {100000000, 100000000, "100000000"},
        {18989000000, 1234567890, "234432096632"},
        {DECIMAL_MAX_E8, DECIMAL_MAX_E8, "810000000000000000000000000000"},
        {INT64_MIN, INT64_MIN, "850705917302346158658436518579"},
        {INT64_MIN, INT64_MAX, "-850705917302346158566202798211"},
        {INT64_MAX, INT64_MAX, "850705917302346158473969077842"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount amount = amount_product((struct quantity){rows[i].quantity}, (struct price){rows[i].price});
        assert_row(amount.e8 == wide(rows[i].amount), rows[i].amount);
    }
}

static void test_sums_refuse_to_wrap(void **state) {
    struct amount highest = {wide(INT128_MAX_TEXT)}, lowest = {wide(INT128_MIN_TEXT)}, sum = {7};
    struct quantity quantity = {INT64_MAX};
    (void)state;
    assert_int_equal(amount_add(highest, (struct amount){1}, &sum), STATUS_OVERFLOW);
    assert_int_equal(amount_add(lowest, (struct amount){-1}, &sum), STATUS_OVERFLOW);
    assert_int_equal(amount_subtract(lowest, (struct amount){1}, &sum), STATUS_OVERFLOW);
    assert_int_equal(amount_subtract((struct amount){0}, lowest, &sum), STATUS_OVERFLOW);
    assert_true(sum.e8 == 7);
    assert_int_equal(amount_add(highest, lowest, &sum), STATUS_OK);
    assert_true(sum.e8 == -1);
    assert_int_equal(amount_subtract(highest, highest, &highest), STATUS_OK);
    assert_true(highest.e8 == 0);
    assert_int_equal(quantity_add(quantity, (struct quantity){1}, &quantity), STATUS_OVERFLOW);
    assert_int_equal(quantity.e8, INT64_MAX);
    assert_int_equal(quantity_add(quantity, (struct quantity){-1}, &quantity), STATUS_OK);
    assert_int_equal(quantity.e8, INT64_MAX - 1);
}

/* NULL as the result: STATUS_OVERFLOW. */
struct quotient_row {
    const char *part, *whole, *result;
};

static void test_percent_is_exact_for_all_operands(void **state) {
    static const struct quotient_row rows[] = {
        {"0", "5", "0"},
        {"1", "3", "333333"},
        {"-1", "3", "-333333"},
        {"1", "-3", "-333333"},
        {"-1", "-3", "333333"},
        {"1", "6", "166667"},
        {"-2", "3", "-666667"},
        {"1", "2000000", "1"},
        {"-1", "2000000", "-1"},
        {"1", "2000001", "0"},
        {"3", "2000000", "2"},
        /* 256 bits from here */
        {"10000000000000000000000000000000000001", "3000000000000000000000000000000000007", "3333333"},
        {"-10000000000000000000000000000000000001", "3000000000000000000000000000000000007", "-3333333"},
        {"3000000000000000000000000000000000", "70000000000000000000000000000001", "42857143"},
        {"-5000000000000000000000000000000000001", "10000000000000000000000000000000000000", "-500000"},
        {"56713727820156410577229101238628035242", "24305883351495604533098186245126300818", "2333333"},
        {"170141183448123552830452735825760648938", "98765432109876543210987654321", "1722679482218450"},
        {INT128_MAX_TEXT, "85070591730234615865843651857942065209", "2000000"},
        {INT128_MAX_TEXT, INT128_MAX_TEXT, "1000000"},
        {INT128_MIN_TEXT, INT128_MAX_TEXT, "-1000000"},
        {INT128_MAX_TEXT, INT128_MIN_TEXT, "-1000000"},
        {INT128_MIN_TEXT, INT128_MIN_TEXT, "1000000"},
        {INT128_MAX_TEXT, "1000000", INT128_MAX_TEXT},
        {INT128_MIN_TEXT, "1000000", INT128_MIN_TEXT},
        {INT128_MIN_TEXT, "-1000000", NULL},
        {INT128_MAX_TEXT, "999999", NULL},
        {INT128_MAX_TEXT, "500000", NULL},
        {INT128_MAX_TEXT, "499999", NULL},
        {INT128_MAX_TEXT, "1", NULL},
        {INT128_MIN_TEXT, "-1", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct percent percent = {77};
        enum status expected = rows[i].result ? STATUS_OK : STATUS_OVERFLOW;
        struct amount part = {wide(rows[i].part)}, whole = {wide(rows[i].whole)};
        assert_row(percent_of(part, whole, &percent) == expected, rows[i].part);
        assert_row(percent.e4 == (rows[i].result ? wide(rows[i].result) : 77), rows[i].part);
    }
}

static void test_percent_of_nothing_is_absent(void **state) {
    struct percent percent = {77};
    (void)state;
    assert_int_equal(percent_of((struct amount){1}, (struct amount){0}, &percent), STATUS_NOT_FOUND);
    assert_int_equal(percent_of((struct amount){0}, (struct amount){0}, &percent), STATUS_NOT_FOUND);
    assert_true(percent.e4 == 77);
}

static void test_divide_gives_an_average_cost(void **state) {
    static const struct quotient_row rows[] = {
        {"0", "3", "0"},
        {"1", "3", "33333333"},
        {"2", "3", "66666667"},
        {"-2", "3", "-66666667"},
        {"5", "1000000000", "1"},
        {"4", "1000000000", "0"},
        {"5", "200000000", "3"},
        {"1", "200000000", "1"},
        {"-1", "200000000", "-1"},
        {"1", "-200000000", "-1"},
        {"10000000000000000000000000000000000000", "9000000000000000000", "111111111111111111111111111"},
        {INT128_MAX_TEXT, "9000000000000000000", "1890457594005213685907636708"},
        {INT128_MIN_TEXT, "-9223372036854775808", "1844674407370955161600000000"},
        {INT128_MAX_TEXT, "100000000", INT128_MAX_TEXT},
        {INT128_MIN_TEXT, "100000000", INT128_MIN_TEXT},
        {INT128_MIN_TEXT, "-100000000", NULL},
        {INT128_MAX_TEXT, "99999999", NULL},
        {INT128_MAX_TEXT, "-1", NULL},
        {"10000000000000000000000000000000000000", "1", NULL},
        {INT128_MAX_TEXT, INT128_MAX_TEXT, "100000000"},
        {"1", INT128_MAX_TEXT, "0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount quotient = {77};
        enum status expected = rows[i].result ? STATUS_OK : STATUS_OVERFLOW;
        struct amount divisor = {wide(rows[i].whole)};
        assert_row(amount_divide((struct amount){wide(rows[i].part)}, divisor, &quotient) == expected, rows[i].part);
        assert_row(quotient.e8 == (rows[i].result ? wide(rows[i].result) : 77), rows[i].part);
    }
}

static void test_divide_by_nothing_is_refused(void **state) {
    struct amount quotient = {77};
    (void)state;
    assert_int_equal(amount_divide((struct amount){1}, (struct amount){0}, &quotient), STATUS_INVALID);
    assert_true(quotient.e8 == 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_reads_exact_decimals),
        cmocka_unit_test(test_parse_of_endless_digits_does_not_wrap),
        cmocka_unit_test(test_parse_needs_no_nul),
        cmocka_unit_test(test_amount_parse_reaches_its_bound),
        cmocka_unit_test(test_write_is_the_shortest_exact_text),
        cmocka_unit_test(test_write_percent_has_four_decimals),
        cmocka_unit_test(test_product_rounds_half_away_from_zero),
        cmocka_unit_test(test_sums_refuse_to_wrap),
        cmocka_unit_test(test_percent_is_exact_for_all_operands),
        cmocka_unit_test(test_percent_of_nothing_is_absent),
        cmocka_unit_test(test_divide_gives_an_average_cost),
        cmocka_unit_test(test_divide_by_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
