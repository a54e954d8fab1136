/* Problem documents. links: pf_app pf_store pf_protocol pf_base */
#include "app/problem.h"
#include "unit/test.h"

#include <jansson.h>
#include <stdio.h>

static void test_the_first_field_names_the_whole(void **state) {
    struct problem problem;
    struct strbuf out;
    (void)state;
    problem_init(&problem);
    strbuf_init(&out);
    problem_add_field(&problem, "quantity", ERROR_INVALID_FIELD, "must be greater than %d", 0);
    problem_add_field(&problem, "fee", ERROR_MISSING_FIELD, "is \"required\"");
    problem_write(&problem, "r-1", &out);
    assert_string_equal(
        strbuf_text(&out),
        "{\"type\":\"urn:portfoliod:problem:invalid_field\",\"title\":\"A field is not valid\",\"status\":422,"
        "\"detail\":\"quantity: must be greater than 0\",\"code\":\"invalid_field\",\"request_id\":\"r-1\","
        "\"errors\":[{\"field\":\"quantity\",\"code\":\"invalid_field\",\"detail\":\"must be greater than 0\"},"
        "{\"field\":\"fee\",\"code\":\"missing_field\",\"detail\":\"is \\\"required\\\"\"}]}");
    strbuf_fini(&out);
}

static void test_status_and_dependents(void **state) {
    struct problem problem;
    struct strbuf out;
    (void)state;
    problem_init(&problem);
    strbuf_init(&out);
    problem_set(&problem, ERROR_CONFLICT, "taken");
    assert_int_equal(problem_http_status(&problem), 409);
    problem.http_status = 408;
    assert_int_equal(problem_http_status(&problem), 408);
    problem.has_dependents = true;
    problem.portfolios_n = 2;
    problem.investments_n = 5;
    problem_write(&problem, "r", &out);
    json_t *document = json_loads(strbuf_text(&out), 0, NULL);
    json_t *dependents = json_object_get(document, "dependents");
    assert_int_equal(json_integer_value(json_object_get(dependents, "portfolios")), 2);
    assert_int_equal(json_integer_value(json_object_get(dependents, "investments")), 5);
    json_decref(document);
    strbuf_fini(&out);
}

static void test_more_fields_than_fit_are_left_out(void **state) {
    struct problem problem;
    struct strbuf out;
    (void)state;
    problem_init(&problem);
    strbuf_init(&out);
    for (int i = 0; i < PROBLEM_FIELDS_MAX + 5; i++)
        problem_add_field(&problem, "a_field_whose_name_is_longer_than_any_field_we_have", ERROR_INVALID_FIELD, "x");
    assert_int_equal(problem.fields_n, PROBLEM_FIELDS_MAX + 5);
    problem_write(&problem, "r", &out);
    json_t *document = json_loads(strbuf_text(&out), 0, NULL);
    assert_int_equal(json_array_size(json_object_get(document, "errors")), PROBLEM_FIELDS_MAX);
    assert_int_equal(json_integer_value(json_object_get(document, "errors_n")), PROBLEM_FIELDS_MAX + 5);
    json_decref(document);
    strbuf_fini(&out);
    problem_fini(&problem);
}

/* As many as fit: all are told, and so they are not counted. */
static void test_many_fields_are_all_told(void **state) {
    struct problem problem;
    struct strbuf out;
    (void)state;
    problem_init(&problem);
    strbuf_init(&out);
    for (int i = 0; i < PROBLEM_FIELDS_MAX; i++) {
        char field[16];
        (void)snprintf(field, sizeof field, "s[%d]", i);
        problem_add_field(&problem, field, ERROR_INVALID_FIELD, "x");
    }
    problem_write(&problem, "r", &out);
    json_t *document = json_loads(strbuf_text(&out), 0, NULL);
    json_t *errors = json_object_get(document, "errors");
    assert_int_equal(json_array_size(errors), PROBLEM_FIELDS_MAX);
    assert_null(json_object_get(document, "errors_n"));
    json_t *last = json_array_get(errors, PROBLEM_FIELDS_MAX - 1);
    assert_string_equal(json_string_value(json_object_get(last, "field")), "s[1023]");
    json_decref(document);
    strbuf_fini(&out);
    problem_fini(&problem);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_field_names_the_whole),
        cmocka_unit_test(test_status_and_dependents),
        cmocka_unit_test(test_more_fields_than_fit_are_left_out),
        cmocka_unit_test(test_many_fields_are_all_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
