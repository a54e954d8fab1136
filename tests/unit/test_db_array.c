/* links: pf_store pf_domain pf_thread pf_ops pf_base */
/* Arrays as PostgreSQL reads them: what its quoting is for. */
#include "base/timestamp.h"
#include "store/db_columns.h"
#include "unit/test.h"

static const char *finished(struct db_array *array) {
    const char *text = NULL;
    assert_int_equal(db_array_finish(array, &text), STATUS_OK);
    return text;
}

static void test_elements(void **state) {
    struct db_array array;
    int32_t date;
    (void)state;
    db_array_init(&array);
    assert_string_equal(finished(&array), "{}");
    db_array_clear(&array);
    db_array_text(&array, "AAPL");
    db_array_text(&array, "");
    db_array_text(&array, "NULL");
    db_array_text(&array, NULL);
    db_array_text(&array, "a,b}{\"c\\");
    assert_string_equal(finished(&array), "{\"AAPL\",\"\",\"NULL\",NULL,\"a,b}{\\\"c\\\\\"}");
    db_array_clear(&array);
    assert_int_equal(date_parse("2026-11-21", 10, &date), STATUS_OK);
    db_array_i64(&array, -7);
    db_array_decimal(&array, 150000000);
    db_array_date(&array, date);
    db_array_bool(&array, true);
    db_array_bool(&array, false);
    db_array_null(&array);
    assert_string_equal(finished(&array), "{-7,1.5,2026-11-21,true,false,NULL}");
    db_array_fini(&array);
}

static void test_columns_are_parameters(void **state) {
    struct db_array columns[3];
    struct db_args args;
    (void)state;
    db_columns_init(columns, COUNT_OF(columns));
    db_array_i64(&columns[0], 1); /* of an earlier batch */
    db_columns_clear(columns, COUNT_OF(columns));
    for (size_t i = 0; i < COUNT_OF(columns) - 1; i++) {
        db_array_i64(&columns[i], (int64_t)i);
        db_array_null(&columns[i]);
    }
    db_args_init(&args);
    db_args_i64(&args, 7);
    assert_int_equal(db_columns_finish(columns, COUNT_OF(columns), &args), STATUS_OK);
    const char *const expected[] = {"7", "{0,NULL}", "{1,NULL}", "{}"};
    assert_int_equal(args.n, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_string_equal(args.values[i], expected[i]);
    db_columns_fini(columns, COUNT_OF(columns));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_elements), cmocka_unit_test(test_columns_are_parameters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
