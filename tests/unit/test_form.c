/* Fields of a body: what is taken, what is named.
 * links: pf_app pf_store pf_protocol pf_base */
#include "app/form.h"
#include "protocol/json_exact.h"
#include "unit/test.h"

#include <stdlib.h>

struct reading {
    json_t *body;
    struct problem problem;
    struct form form;
};

static void reading_begin(struct reading *reading, const char *json) {
    char error[100];
    problem_init(&reading->problem);
    assert_int_equal(json_exact_parse(json, strlen(json), &reading->body, error, sizeof error), STATUS_OK);
    reading->form = (struct form){reading->body, &reading->problem};
}

static void reading_end(struct reading *reading) {
    json_decref(reading->body);
    problem_fini(&reading->problem);
}

static bool has_problem(const struct reading *reading, enum error_code code) {
    return reading->problem.fields_n == 1 && reading->problem.code == code && reading->problem.fields[0].code == code &&
           strcmp(reading->problem.fields[0].field, "f") == 0;
}

static void test_decimals(void **state) {
    static const struct {
        const char *json;
        enum form_bound bound;
        bool is_taken;
        int64_t e8;
    } rows[] = {
        {"{\"f\":1.5}", FORM_POSITIVE, true, 150000000},
        {"{\"f\":\"1.5\"}", FORM_POSITIVE, true, 150000000},
        {"{\"f\":12345678901.12345678}", FORM_POSITIVE, true, INT64_C(1234567890112345678)},
        {"{\"f\":1.500000000000000000}", FORM_POSITIVE, true, 150000000},
        {"{\"f\":90000000000}", FORM_POSITIVE, true, DECIMAL_MAX_E8},
        {"{\"f\":0}", FORM_NOT_NEGATIVE, true, 0},
        {"{\"f\":-0}", FORM_NOT_NEGATIVE, true, 0},
        {"{\"f\":0}", FORM_POSITIVE, false, 0},
        {"{\"f\":-1}", FORM_NOT_NEGATIVE, false, 0},
        {"{\"f\":90000000000.00000001}", FORM_POSITIVE, false, 0},
        {"{\"f\":0.000000001}", FORM_POSITIVE, false, 0},
        {"{\"f\":1e2}", FORM_POSITIVE, false, 0},
        {"{\"f\":1e400}", FORM_POSITIVE, false, 0},
        {"{\"f\":12345678901234567890}", FORM_POSITIVE, false, 0},
        {"{\"f\":\"abc\"}", FORM_POSITIVE, false, 0},
        {"{\"f\":\"\"}", FORM_POSITIVE, false, 0},
        {"{\"f\":\" 1\"}", FORM_POSITIVE, false, 0},
        {"{\"f\":\"+1\"}", FORM_POSITIVE, false, 0},
        {"{\"f\":\"NaN\"}", FORM_POSITIVE, false, 0},
        {"{\"f\":true}", FORM_POSITIVE, false, 0},
        {"{\"f\":[1]}", FORM_POSITIVE, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading;
        int64_t e8 = -7;
        reading_begin(&reading, rows[i].json);
        bool is_taken = form_decimal(&reading.form, "f", FORM_REQUIRED, rows[i].bound, &e8);
        assert_row(is_taken == rows[i].is_taken, rows[i].json);
        assert_row(e8 == (is_taken ? rows[i].e8 : -7), rows[i].json);
        assert_row(is_taken || has_problem(&reading, ERROR_INVALID_FIELD), rows[i].json);
        reading_end(&reading);
    }
}

static void test_presence(void **state) {
    static const struct {
        const char *json;
        enum form_presence presence;
        bool is_missing;
    } rows[] = {
        {"{}", FORM_REQUIRED, true},  {"{\"f\":null}", FORM_REQUIRED, true},  {"{\"F\":1}", FORM_REQUIRED, true},
        {"{}", FORM_OPTIONAL, false}, {"{\"f\":null}", FORM_OPTIONAL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading;
        int64_t e8 = 0;
        reading_begin(&reading, rows[i].json);
        assert_row(!form_decimal(&reading.form, "f", rows[i].presence, FORM_POSITIVE, &e8), rows[i].json);
        if (rows[i].is_missing)
            assert_row(has_problem(&reading, ERROR_MISSING_FIELD), rows[i].json);
        else
            assert_row(reading.problem.code == ERROR_NONE, rows[i].json);
        reading_end(&reading);
    }
}

static void test_texts(void **state) {
    static const struct {
        const char *json;
        const char *text; /* NULL: refused */
    } rows[] = {
        {"{\"f\":\"abc\"}", "abc"},
        {"{\"f\":\"  a c \\t\\n\"}", "a c"},
        {"{\"f\":\"\\u20ac\\u20ac\\u20ac\\u20ac\\u20ac\"}",
         "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"},
        {"{\"f\":\"abcdef\"}", NULL},
        {"{\"f\":\"  \"}", NULL},
        {"{\"f\":\"\"}", NULL},
        {"{\"f\":\"a\\nb\"}", NULL},
        {"{\"f\":\"a\\u007fb\"}", NULL},
        {"{\"f\":7}", NULL},
        {"{\"f\":{}}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading;
        char out[21] = "-";
        reading_begin(&reading, rows[i].json);
        bool is_taken = form_text(&reading.form, "f", FORM_REQUIRED, 5, false, out, sizeof out);
        assert_row(is_taken == (rows[i].text != NULL), rows[i].json);
        assert_row(strcmp(out, is_taken ? rows[i].text : "-") == 0, rows[i].json);
        assert_row(is_taken || has_problem(&reading, ERROR_INVALID_FIELD), rows[i].json);
        reading_end(&reading);
    }
}

static void test_emails(void **state) {
    static const struct {
        const char *text;
        bool is_email;
    } rows[] = {
        {"ada@example.com", true},
        {"a.b+c@x-y.example", true},
        {"Ada@Example.COM", true},
        {"a@b.c", true},
        {"", false},
        {"ada", false},
        {"@example.com", false},
        {"ada@", false},
        {"ada@example", false},
        {"a b@example.com", false},
        {"a@b@example.com", false},
        {"a@-b.com", false},
        {"a@b..com", false},
        {"a@.com", false},
        {".a@b.com", false},
        {"a..b@c.com", false},
        {"a@b.com.", false},
        {"<a@b.com>", false},
        {"a@b.com\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(form_is_email(rows[i].text) == rows[i].is_email, rows[i].text);
}

static void test_the_rest(void **state) {
    static const char *const choices[] = {"IRA", "OTHER", NULL};
    struct reading reading;
    struct uuid uuid;
    struct symbol symbol;
    struct currency currency;
    int32_t days;
    int64_t ms;
    const char *choice = NULL;
    (void)state;
    reading_begin(&reading, "{\"u\":\"0A1b2c3d-0000-4000-8000-0123456789ab\",\"s\":\"btc-usd\",\"c\":\"eur\","
                            "\"d\":\"2024-02-29\",\"t\":\"2024-02-29T12:00:00+01:00\",\"k\":\"OTHER\"}");
    assert_true(form_uuid(&reading.form, "u", FORM_REQUIRED, &uuid));
    assert_true(form_symbol(&reading.form, "s", &symbol));
    assert_string_equal(symbol.text, "BTC-USD");
    assert_true(form_currency(&reading.form, "c", FORM_REQUIRED, &currency));
    assert_string_equal(currency.code, "EUR");
    assert_true(form_date(&reading.form, "d", FORM_REQUIRED, &days));
    assert_true(form_timestamp(&reading.form, "t", FORM_REQUIRED, &ms));
    assert_true(form_choice(&reading.form, "k", choices, &choice));
    assert_ptr_equal(choice, choices[1]);
    assert_int_equal(reading.problem.code, ERROR_NONE);
    reading_end(&reading);

    /* All of them wrong: all of them named. */
    reading_begin(&reading,
                  "{\"u\":\"x\",\"s\":\"a b\",\"c\":\"EURO\",\"d\":\"2023-02-29\",\"t\":\"noon\",\"k\":\"ira\"}");
    assert_false(form_uuid(&reading.form, "u", FORM_REQUIRED, &uuid));
    assert_false(form_symbol(&reading.form, "s", &symbol));
    assert_false(form_currency(&reading.form, "c", FORM_REQUIRED, &currency));
    assert_false(form_date(&reading.form, "d", FORM_REQUIRED, &days));
    assert_false(form_timestamp(&reading.form, "t", FORM_REQUIRED, &ms));
    assert_false(form_choice(&reading.form, "k", choices, &choice));
    assert_int_equal(reading.problem.fields_n, 6);
    assert_string_equal(reading.problem.fields[5].detail, "must be one of IRA, OTHER");
    reading_end(&reading);
}

static void test_lists_of_symbols(void **state) {
    struct reading reading;
    struct symbol *symbols = NULL;
    size_t n = 0;
    (void)state;
    reading_begin(&reading, "{\"f\":[\"aapl\",\"BTC-USD\",\"AAPL\"]}");
    assert_true(form_symbols(&reading.form, "f", FORM_REQUIRED, 3, &symbols, &n));
    assert_int_equal(n, 2);
    assert_string_equal(symbols[0].text, "AAPL");
    assert_string_equal(symbols[1].text, "BTC-USD");
    free(symbols);
    assert_false(form_symbols(&reading.form, "f", FORM_REQUIRED, 2, &symbols, &n)); /* too many */
    assert_true(has_problem(&reading, ERROR_INVALID_FIELD));
    reading_end(&reading);

    /* Every wrong element is named, whatever was wrong before. */
    reading_begin(&reading, "{\"f\":[\"A A\",\"AAPL\",7,\"\"]}");
    for (size_t i = 0; i < PROBLEM_FIELDS_INLINE - 2; i++)
        problem_add_field(&reading.problem, "other", ERROR_INVALID_FIELD, "is wrong");
    assert_false(form_symbols(&reading.form, "f", FORM_REQUIRED, 10, &symbols, &n));
    assert_string_equal(reading.problem.fields[PROBLEM_FIELDS_INLINE - 2].field, "f[0]");
    assert_string_equal(reading.problem.fields[PROBLEM_FIELDS_INLINE - 1].field, "f[2]");
    assert_false(form_symbols(&reading.form, "f", FORM_REQUIRED, 10, &symbols, &n));
    reading_end(&reading);

    static const char *const bad[] = {"{\"f\":[]}", "{\"f\":\"AAPL\"}", "{\"f\":{\"a\":1}}", "{\"f\":7}"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        reading_begin(&reading, bad[i]);
        assert_row(!form_symbols(&reading.form, "f", FORM_OPTIONAL, 10, &symbols, &n), bad[i]);
        assert_row(has_problem(&reading, ERROR_INVALID_FIELD), bad[i]);
        reading_end(&reading);
    }
    reading_begin(&reading, "{}");
    assert_false(form_symbols(&reading.form, "f", FORM_OPTIONAL, 10, &symbols, &n));
    assert_int_equal(reading.problem.code, ERROR_NONE);
    assert_false(form_symbols(&reading.form, "f", FORM_REQUIRED, 10, &symbols, &n));
    assert_true(has_problem(&reading, ERROR_MISSING_FIELD));
    reading_end(&reading);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_of_symbols), cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_presence),         cmocka_unit_test(test_texts),
        cmocka_unit_test(test_emails),           cmocka_unit_test(test_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
