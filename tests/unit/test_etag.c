/* If-Match and If-None-Match. links: pf_app pf_store pf_protocol pf_base */
#include "app/etag.h"
#include "unit/test.h"

static void test_lists(void **state) {
    static const struct {
        const char *header;
        bool strongly, weakly;
    } rows[] = {
        {"\"a1\"", true, true},
        {"*", true, true},
        {" * ", true, true},
        {"\"x\", \"a1\"", true, true},
        {"\"x\",\"a1\" ", true, true},
        {"W/\"a1\"", false, true},
        {"W/\"a1\", \"a1\"", true, true},
        {"\"x\"", false, false},
        {"\"a\"", false, false},
        {"\"a12\"", false, false},
        {"a1", false, false},
        {"\"a1", false, false},
        {"", false, false},
        {"*a1", false, false},
        {"w/\"a1\"", false, false},
        {"\"x\" \"a1\"", false, false},
        {"\"x,a1\"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_row(etag_matches_strongly(rows[i].header, "a1") == rows[i].strongly, rows[i].header);
        assert_row(etag_matches_weakly(rows[i].header, "a1") == rows[i].weakly, rows[i].header);
    }
}

/* A gzipped form that one has is worth nothing to a request that does not take gzip. */
static void test_what_is_known_is_of_a_form(void **state) {
    static const struct {
        const char *header;
        bool takes_gzip, is_packed_now, is_known, is_packed;
    } rows[] = {
        {"\"a1\"", false, false, true, false},
        {"\"a1\"", true, true, true, false},
        {"\"a1-gzip\"", true, true, true, true},
        {"W/\"a1-gzip\"", true, true, true, true},
        {"\"a1-gzip\"", false, false, false, false},
        {"\"a1\", \"a1-gzip\"", true, true, true, true},
        {"\"a1\", \"a1-gzip\"", false, false, true, false},
        {"*", true, true, true, true},
        {" * ", true, false, true, false},
        {"*", false, false, true, false},
        {"*a1", true, true, false, false},
        {"\"a1-gzip-gzip\"", true, true, false, false},
        {"\"x-gzip\"", true, true, false, false},
        {"", true, true, false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool is_packed = false;
        bool is_known = etag_is_known(rows[i].header, "a1", rows[i].takes_gzip, rows[i].is_packed_now, &is_packed);
        assert_row(is_known == rows[i].is_known && is_packed == rows[i].is_packed, rows[i].header);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_what_is_known_is_of_a_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
