/* limit, cursor, flags. links: pf_app pf_store pf_protocol pf_base */
#include "app/query.h"
#include "unit/test.h"

#define ID "0a1b2c3d-0000-4000-8000-0123456789ab"

static void test_get(void **state) {
    static const struct {
        const char *query;
        enum status status;
        const char *value;
    } rows[] = {
        {"a=1", STATUS_OK, "1"},        {"b=2&a=1", STATUS_OK, "1"},   {"a=x%20y+z", STATUS_OK, "x y z"},
        {"%61=1", STATUS_OK, "1"},      {"a", STATUS_OK, ""},          {"a=", STATUS_OK, ""},
        {"&&a=1&&", STATUS_OK, "1"},    {"a=b=c", STATUS_OK, "b=c"},   {"", STATUS_NOT_FOUND, ""},
        {"aa=1", STATUS_NOT_FOUND, ""}, {"b=a", STATUS_NOT_FOUND, ""}, {"a=1&a=1", STATUS_INVALID, ""},
        {"a=%", STATUS_INVALID, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char value[QUERY_VALUE_MAX + 1] = "";
        assert_row(query_get(rows[i].query, "a", value) == rows[i].status, rows[i].query);
        assert_row(rows[i].status != STATUS_OK || strcmp(value, rows[i].value) == 0, rows[i].query);
    }
}

static void test_page(void **state) {
    static const struct {
        const char *query;
        size_t limit;
        const char *field; /* that is refused */
    } rows[] = {
        {"", 100, NULL},
        {"limit=1", 1, NULL},
        {"limit=1000", 1000, NULL},
        {"limit=0", 0, "limit"},
        {"limit=1001", 0, "limit"},
        {"limit=-1", 0, "limit"},
        {"limit=1.0", 0, "limit"},
        {"limit=", 0, "limit"},
        {"limit=99999999999999999999", 0, "limit"},
        {"limit=5&limit=5", 0, "limit"},
        {"cursor=5." ID, 100, NULL},
        {"cursor=" ID, 0, "cursor"},
        {"cursor=5." ID "x", 0, "cursor"},
        {"cursor=-5." ID, 0, "cursor"},
        {"cursor=253402300800000000." ID, 0, "cursor"},
        {"cursor=", 0, "cursor"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct problem problem;
        struct page page;
        problem_init(&problem);
        query_read_page(rows[i].query, &problem, &page);
        assert_row((problem.fields_n == 0) == (rows[i].field == NULL), rows[i].query);
        if (rows[i].field)
            assert_row(strcmp(problem.fields[0].field, rows[i].field) == 0, rows[i].query);
        else
            assert_row(page.limit == rows[i].limit, rows[i].query);
    }
}

static void test_cursor_comes_back(void **state) {
    struct page_key key = {.created_us = INT64_C(1795215290123456)};
    char text[QUERY_CURSOR_MAX];
    char query[QUERY_CURSOR_MAX + 8] = "cursor=";
    struct problem problem;
    struct page page;
    (void)state;
    assert_int_equal(uuid_parse(ID, strlen(ID), &key.id), STATUS_OK);
    query_write_cursor(text, &key);
    memcpy(query + strlen(query), text, strlen(text) + 1);
    problem_init(&problem);
    query_read_page(query, &problem, &page);
    assert_int_equal(problem.fields_n, 0);
    assert_true(page.after.created_us == key.created_us);
    assert_true(uuid_equal(&page.after.id, &key.id));
}

static void test_flag(void **state) {
    static const struct {
        const char *query;
        bool flag, is_refused;
    } rows[] = {
        {"", false, false}, {"f=true", true, false}, {"f=false", false, false},      {"f=1", false, true},
        {"f", false, true}, {"f=TRUE", false, true}, {"f=true&f=true", false, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct problem problem;
        bool flag = true;
        problem_init(&problem);
        query_read_flag(rows[i].query, "f", &problem, &flag);
        assert_row(flag == rows[i].flag, rows[i].query);
        assert_row((problem.fields_n == 1) == rows[i].is_refused, rows[i].query);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_cursor_comes_back),
        cmocka_unit_test(test_flag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
