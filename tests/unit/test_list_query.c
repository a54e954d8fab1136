/* Lists' sort, cursor and filters. links: pf_app pf_store pf_protocol pf_domain pf_base */
#include "app/list_query.h"
#include "app/query.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#define ID "0a1b2c3d-0000-4000-8000-0123456789ab"

static const struct list_query lots = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME},
                                        {"purchase_date", LIST_SORT_DATE},
                                        {"name", LIST_SORT_TEXT},
                                        {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){"name", "from", NULL},
};

/* Reads a list's query; true when nothing was wrong. */
static bool reads(const char *path, const char *query, struct listing *listing, struct problem *problem) {
    const struct http_request http = {.method = HTTP_GET, .path = path, .query = query};
    problem_init(problem);
    list_query_read(&http, &lots, problem, listing);
    return problem->fields_n == 0;
}

static void test_sort(void **state) {
    static const struct {
        const char *query;
        int order; /* -1: refused */
    } rows[] = {
        {"", 0},
        {"sort=created_at", 0},
        {"sort=-created_at", 1},
        {"sort=purchase_date", 2},
        {"sort=-name", 5},
        {"sort=", -1},
        {"sort=-", -1},
        {"sort=--name", -1},
        {"sort=Name", -1},
        {"sort=other", -1},
        {"sort=name&sort=name", -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct problem problem;
        struct listing listing;
        assert_row(reads("/lots", rows[i].query, &listing, &problem) == (rows[i].order >= 0), rows[i].query);
        assert_row(rows[i].order < 0 || listing.order == (size_t)rows[i].order, rows[i].query);
        assert_row(rows[i].order >= 0 || strcmp(problem.fields[0].field, "sort") == 0, rows[i].query);
        assert_row(!listing.has_after, rows[i].query);
    }
}

/* The query with the cursor that a page of it ends with. */
static void query_next(char *out, size_t size, const char *path, const char *query, const char *key) {
    struct problem problem;
    struct listing listing;
    struct uuid id;
    struct strbuf cursor;
    assert_true(reads(path, query, &listing, &problem));
    assert_int_equal(uuid_parse(ID, strlen(ID), &id), STATUS_OK);
    strbuf_init(&cursor);
    list_query_write_cursor(&cursor, &listing, key, &id);
    (void)snprintf(out, size, "%s&cursor=%s", query, strbuf_text(&cursor));
    strbuf_fini(&cursor);
}

static void test_a_cursor_comes_back(void **state) {
    static char longest[LISTING_KEY_MAX + 1];
    static const struct {
        const char *query, *key;
    } rows[] = {
        {"", "1795215290123456"},
        {"sort=-created_at&limit=7", "0"},
        {"sort=purchase_date", "2020-02-29"},
        {"sort=name&name=a%20b", "stra\xc3\x9f"
                                 "e. 100%&=+"},
        {"sort=name", longest},
    };
    (void)state;
    memset(longest, 'z', LISTING_KEY_MAX);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char next[3000];
        struct problem problem;
        struct listing listing;
        query_next(next, sizeof next, "/lots", rows[i].query, rows[i].key);
        assert_row(reads("/lots", next, &listing, &problem), rows[i].query);
        assert_row(listing.has_after && strcmp(listing.after_key, rows[i].key) == 0, rows[i].query);
    }
}

static void test_a_cursor_belongs_to_its_list(void **state) {
    static const struct {
        const char *path, *query;
        bool is_right;
    } rows[] = {
        {"/lots", "name=a&from=1", true},
        {"/lots", "from=1&name=a&limit=3&unknown=1", true},
        {"/lots", "name=%61&from=1", true},
        {"/lots", "sort=created_at&name=a&from=1", true},
        {"/lots", "sort=-created_at&name=a&from=1", false},
        {"/lots", "sort=name&name=a&from=1", false},
        {"/lots", "name=a", false},
        {"/lots", "name=b&from=1", false},
        {"/lots", "name=a1&from=", false},
        {"/lots", "", false},
        {"/lots2", "name=a&from=1", false},
    };
    char next[400];
    (void)state;
    query_next(next, sizeof next, "/lots", "name=a&from=1", "1795215290123456");
    const char *cursor = strstr(next, "&cursor=");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char query[800];
        struct problem problem;
        struct listing listing;
        (void)snprintf(query, sizeof query, "%s%s", rows[i].query, cursor);
        assert_row(reads(rows[i].path, query, &listing, &problem) == rows[i].is_right, query);
        assert_row(rows[i].is_right || strcmp(problem.fields[0].field, "cursor") == 0, query);
    }
}

static void test_forged_cursors(void **state) {
    static const struct {
        const char *query, *key;
    } rows[] = {
        {"", "-1"},
        {"", "x"},
        {"", "253402300800000000"},
        {"", "99999999999999999999"},
        {"", ""},
        {"sort=purchase_date", "2020-02-30"},
        {"sort=purchase_date", "now"},
        {"sort=name", ""},
        {"sort=name", "\xff"},
        {"sort=name", "\xc3"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char next[400];
        struct problem problem;
        struct listing listing;
        query_next(next, sizeof next, "/lots", rows[i].query, rows[i].key);
        assert_row(!reads("/lots", next, &listing, &problem), next);
    }
    char next[400];
    query_next(next, sizeof next, "/lots", "sort=name", "ab");
    size_t start = (size_t)(strstr(next, "&cursor=") - next) + 8;
    for (size_t at = start; next[at]; at++) {
        struct problem problem;
        struct listing listing;
        char kept = next[at];
        next[at] = 'x';
        assert_row(!reads("/lots", next, &listing, &problem), next);
        next[at] = '\0';
        assert_row(!reads("/lots", next, &listing, &problem), next);
        next[at] = kept;
    }
}

static void test_filters(void **state) {
    struct problem problem;
    struct uuid id;
    struct symbol symbol;
    struct currency currency;
    const char *choice = NULL;
    char text[4];
    int32_t days = 0;
    (void)state;
    problem_init(&problem);
    assert_true(list_filter_uuid("a=" ID, "a", &problem, &id));
    assert_true(list_filter_text("a=x%25y", "a", &problem, text, sizeof text) && strcmp(text, "x%y") == 0);
    assert_true(list_filter_choice("a=B", "a", (const char *const[]){"A", "B", NULL}, &problem, &choice));
    assert_string_equal(choice, "B");
    assert_true(list_filter_symbol("a=brk.b", "a", &problem, &symbol) && strcmp(symbol.text, "BRK.B") == 0);
    assert_true(list_filter_currency("a=usd", "a", &problem, &currency) && strcmp(currency.code, "USD") == 0);
    assert_true(query_read_date("a=1970-01-02", "a", &problem, &days) && days == 1);
    assert_false(query_read_date("b=1970-01-02", "a", &problem, &days));
    assert_int_equal(problem.fields_n, 0);
    assert_false(list_filter_uuid("a=1", "a", &problem, &id));
    assert_false(list_filter_text("a=", "a", &problem, text, sizeof text));
    assert_false(list_filter_text("a=1234", "a", &problem, text, sizeof text));
    assert_false(list_filter_text("a=1&a=1", "a", &problem, text, sizeof text));
    assert_false(list_filter_choice("a=C", "a", (const char *const[]){"A", "B", NULL}, &problem, &choice));
    assert_false(list_filter_symbol("a=%20", "a", &problem, &symbol));
    assert_false(list_filter_currency("a=us", "a", &problem, &currency));
    assert_false(query_read_date("a=1970-02-30", "a", &problem, &days));
    assert_int_equal(problem.fields_n, 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_a_cursor_comes_back),
        cmocka_unit_test(test_a_cursor_belongs_to_its_list),
        cmocka_unit_test(test_forged_cursors),
        cmocka_unit_test(test_filters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
