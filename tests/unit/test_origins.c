/* links: pf_app */
/* Which pages the list of ORIGINS lets in, and which are this server's own. */
#include "app/origins.h"
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

static struct origins *parse(const char *text) {
    struct origins *origins = NULL;
    char error[200] = "";
    assert_row(origins_parse(text, &origins, error, sizeof error) == STATUS_OK, error);
    return origins;
}

static void test_an_empty_list_has_nothing(void **state) {
    (void)state;
    struct origins *origins = parse("");
    assert_true(origins_is_empty(origins));
    assert_false(origins_has(origins, ""));
    assert_false(origins_has(origins, "null"));
    assert_false(origins_has(origins, "http://localhost"));
    origins_destroy(&origins);
    assert_null(origins);
}

static void test_what_is_listed(void **state) {
    (void)state;
    struct origins *origins = parse(" https://App.example.com, http://localhost:3000,https://[::1]:8443,"
                                    "http://a.example:80,capacitor://localhost ");
    static const struct {
        const char *origin;
        bool is_listed;
    } rows[] = {
        {"https://app.example.com", true},
        {"HTTPS://APP.EXAMPLE.COM", true},
        {"https://app.example.com:443", true},
        {"https://app.example.com:8443", false},
        {"http://app.example.com", false},
        {"https://app.example.com.evil.example", false},
        {"https://evil.example/https://app.example.com", false},
        {"https://app.example.com/", false},
        {"https://user@app.example.com", false},
        {"https://app.example.com,http://localhost:3000", false},
        {"http://localhost:3000", true},
        {"http://localhost", false},
        {"http://localhost:30001", false},
        {"https://[::1]:8443", true},
        {"http://a.example", true},
        {"http://a.example:80", true},
        {"http://a.example:443", false},
        {"capacitor://localhost", true},
        {"null", false},
        {"", false},
        {"://", false},
        {"https://", false},
        {"app.example.com", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(origins_has(origins, rows[i].origin) == rows[i].is_listed, rows[i].origin);
    origins_destroy(&origins);
}

static void test_null_only_when_listed(void **state) {
    (void)state;
    struct origins *origins = parse("null");
    assert_true(origins_has(origins, "null"));
    assert_false(origins_has(origins, "http://null"));
    origins_destroy(&origins);
}

static void test_what_is_no_origin_is_refused(void **state) {
    (void)state;
    static const char *const rows[] = {"*",
                                       "https://*.example.com",
                                       "app.example.com",
                                       "https://app.example.com/",
                                       "https://app.example.com/path",
                                       "https://user@app.example.com",
                                       "https://app.example.com:",
                                       "https://app.example.com:123456",
                                       "https://app.example.com:80a",
                                       "https://[::1",
                                       "https://[]",
                                       "https:/app.example.com",
                                       "://app.example.com",
                                       "http://a.example;http://b.example"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct origins *origins = NULL;
        char error[200] = "";
        assert_row(origins_parse(rows[i], &origins, error, sizeof error) == STATUS_INVALID, rows[i]);
        assert_row(!origins && error[0], rows[i]);
    }
}

static void test_too_long_and_too_many(void **state) {
    (void)state;
    struct origins *origins = NULL;
    char error[200] = "", text[4096] = "http://";
    memset(text + 7, 'a', 300);
    text[307] = '\0';
    assert_int_equal(origins_parse(text, &origins, error, sizeof error), STATUS_INVALID);
    size_t at = 0;
    for (int i = 0; i <= ORIGINS_MAX; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "http://h%d,", i);
    assert_int_equal(origins_parse(text, &origins, error, sizeof error), STATUS_INVALID);
    assert_null(origins);
}

static void test_the_pages_of_this_server(void **state) {
    (void)state;
    static const struct {
        const char *origin, *host;
        bool is_same;
    } rows[] = {
        {"http://localhost:8080", "localhost:8080", true},
        {"http://LOCALHOST:8080", "localhost:8080", true},
        {"https://example.com", "example.com", true},
        {"https://example.com", "example.com:443", true},
        {"https://example.com:443", "Example.com", true},
        {"http://example.com", "example.com:80", true},
        {"http://example.com", "example.com:443", false},
        {"https://example.com", "example.com:80", false},
        {"http://localhost:8080", "localhost", false},
        {"http://localhost", "localhost:8080", false},
        {"http://localhost:8080", "127.0.0.1:8080", false},
        {"http://[::1]:8080", "[::1]:8080", true},
        {"http://evil.example", "example.com", false},
        {"http://example.com.evil.example", "example.com", false},
        {"null", "null", false},
        {"null", "", false},
        {"", "", false},
        {"http://", "", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(origin_is_of_host(rows[i].origin, rows[i].host) == rows[i].is_same, rows[i].origin);
}

static void test_names_of_this_machine(void **state) {
    (void)state;
    static const struct {
        const char *host;
        bool is_loopback;
    } rows[] = {
        {"localhost", true},
        {"LOCALHOST:8080", true},
        {"127.0.0.1:8080", true},
        {"127.1.2.3", true},
        {"[::1]", true},
        {"[::1]:8080", true},
        {"localhost.evil.example", false},
        {"127.0.0.1.nip.io", false},
        {"evil.example", false},
        {"[::2]", false},
        {"128.0.0.1", false},
        {"localhost:80:80", false},
        {"", false},
        {"127.evil.example", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(host_is_loopback(rows[i].host) == rows[i].is_loopback, rows[i].host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_list_has_nothing), cmocka_unit_test(test_what_is_listed),
        cmocka_unit_test(test_null_only_when_listed),     cmocka_unit_test(test_what_is_no_origin_is_refused),
        cmocka_unit_test(test_too_long_and_too_many),     cmocka_unit_test(test_the_pages_of_this_server),
        cmocka_unit_test(test_names_of_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
