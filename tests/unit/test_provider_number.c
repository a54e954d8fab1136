/* links: pf_feed pf_base */
#include "feed/provider_number.h"
#include "unit/test.h"

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum provider_digits digits;
        int64_t e8;
    } rows[] = {
        {"0", PROVIDER_DIGITS_ALL, 0},
        {"-0.0", PROVIDER_DIGITS_ALL, 0},
        {"184.1000", PROVIDER_DIGITS_ALL, INT64_C(18410000000)},
        {"-1.5", PROVIDER_DIGITS_ALL, -150000000},
        {"95595226.0", PROVIDER_DIGITS_ALL, INT64_C(9559522600000000)},
        {"9.5595226e7", PROVIDER_DIGITS_ALL, INT64_C(9559522600000000)},
        {"1E-8", PROVIDER_DIGITS_ALL, 1},
        {"0.000000005", PROVIDER_DIGITS_ALL, 1},
        {"0.0000000049999", PROVIDER_DIGITS_ALL, 0},
        {"-0.000000005", PROVIDER_DIGITS_ALL, -1},
        {"1e-400", PROVIDER_DIGITS_ALL, 0},
        {"0e400", PROVIDER_DIGITS_ALL, 0},
        {"9.999999999", PROVIDER_DIGITS_ALL, 1000000000},
        {"90000000000", PROVIDER_DIGITS_ALL, INT64_C(9000000000000000000)},
        {"0.123456785", PROVIDER_DIGITS_ALL, 12345679},
        {"0.10000000000000000555111512312578270211815834045410", PROVIDER_DIGITS_ALL, 10000000},
        /* What a 32-bit float prints as. */
        {"217.5500030517578", PROVIDER_DIGITS_FLOAT, INT64_C(21755000000)},
        {"217.53999328613281", PROVIDER_DIGITS_FLOAT, INT64_C(21754000000)},
        {"0.12834821641445", PROVIDER_DIGITS_FLOAT, 12834820},
        {"2675.8100585937", PROVIDER_DIGITS_FLOAT, INT64_C(267581000000)},
        {"999.99999999999", PROVIDER_DIGITS_FLOAT, INT64_C(100000000000)},
        /* Short texts are as somebody wrote them. */
        {"123456.789", PROVIDER_DIGITS_FLOAT, INT64_C(12345678900000)},
        {"0.00001234", PROVIDER_DIGITS_FLOAT, 1234},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t e8 = 7;
        assert_row(provider_number_parse(rows[i].text, strlen(rows[i].text), rows[i].digits, &e8) == STATUS_OK,
                   rows[i].text);
        assert_row(e8 == rows[i].e8, rows[i].text);
    }
}

static void test_what_is_none(void **state) {
    (void)state;
    static const char *const texts[] = {"",    "-",     ".5",       "5.",   "1e",  "1e+",   "01",
                                        "+1",  "NaN",   "Infinity", "1 ",   " 1",  "1,000", "0x10",
                                        "--1", "1.2.3", "1.0484%",  "null", "None"};
    static const char *const large[] = {"90000000000.00000001", "1e11", "-90000000001", "1e400"};
    char many[1500];
    int64_t e8 = 7;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_row(provider_number_parse(texts[i], strlen(texts[i]), PROVIDER_DIGITS_ALL, &e8) == STATUS_INVALID,
                   texts[i]);
    for (size_t i = 0; i < COUNT_OF(large); i++)
        assert_row(provider_number_parse(large[i], strlen(large[i]), PROVIDER_DIGITS_ALL, &e8) == STATUS_OUT_OF_RANGE,
                   large[i]);
    memset(many, '1', sizeof many);
    assert_int_equal(provider_number_parse(many, sizeof many, PROVIDER_DIGITS_ALL, &e8), STATUS_INVALID);
    assert_int_equal(e8, 7);
}

static void test_whole_numbers(void **state) {
    (void)state;
    int64_t whole = 0;
    assert_int_equal(provider_whole_parse("1605192894630916600", 19, &whole), STATUS_OK);
    assert_int_equal(whole, INT64_C(1605192894630916600));
    assert_int_equal(provider_whole_parse("1.5951e3", 8, &whole), STATUS_OK);
    assert_int_equal(whole, 1595);
    assert_int_equal(provider_whole_parse("-12.9", 5, &whole), STATUS_OK);
    assert_int_equal(whole, -12);
    assert_int_equal(provider_whole_parse("9223372036854775807", 19, &whole), STATUS_OK);
    assert_int_equal(whole, INT64_MAX);
    assert_int_equal(provider_whole_parse("9223372036854775808", 19, &whole), STATUS_OUT_OF_RANGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
