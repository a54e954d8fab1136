/* limit, flags. links: pf_app pf_store pf_protocol pf_base */
#include "app/query.h"
#include "unit/test.h"

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

static void test_limit(void **state) {
    static const struct {
        const char *query;
        size_t limit; /* 0: refused */
    } rows[] = {
        {"", 100},
        {"limit=1", 1},
        {"limit=1000", 1000},
        {"limit=0", 0},
        {"limit=1001", 0},
        {"limit=-1", 0},
        {"limit=1.0", 0},
        {"limit=", 0},
        {"limit=99999999999999999999", 0},
        {"limit=5&limit=5", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct problem problem;
        size_t limit = QUERY_LIMIT_DEFAULT;
        problem_init(&problem);
        query_read_limit(rows[i].query, &problem, &limit);
        assert_row((problem.fields_n == 0) == (rows[i].limit != 0), rows[i].query);
        assert_row(rows[i].limit == 0 || limit == rows[i].limit, rows[i].query);
    }
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
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_flag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
