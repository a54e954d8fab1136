/* links: pf_feed pf_base */
#include "feed/redis_url.h"
#include "unit/test.h"

struct good_row {
    const char *text;
    struct redis_url url;
};

static void test_good(void **state) {
    (void)state;
    static const struct good_row rows[] = {
        {"redis://localhost", {.host = "localhost", .port = 6379}},
        {"redis://localhost/", {.host = "localhost", .port = 6379}},
        {"redis://10.0.0.1:7000/5", {.host = "10.0.0.1", .port = 7000, .database = 5}},
        {"redis://[::1]:7000", {.host = "::1", .port = 7000}},
        {"redis://[fe80::1]/2", {.host = "fe80::1", .port = 6379, .database = 2}},
        {"redis://:secret@h:1", {.host = "h", .port = 1, .password = "secret"}},
        {"redis://me:p%40ss%3A%2F@h", {.host = "h", .port = 6379, .user = "me", .password = "p@ss:/"}},
        {"redis://me:a@b@h", {.host = "h", .port = 6379, .user = "me", .password = "a@b"}},
        {"unix:///run/redis.sock", {.path = "/run/redis.sock", .port = 6379}},
        {"unix:///run/redis.sock?db=3", {.path = "/run/redis.sock", .port = 6379, .database = 3}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct redis_url url;
        assert_row(redis_url_parse(rows[i].text, &url) == STATUS_OK, rows[i].text);
        assert_row(strcmp(url.host, rows[i].url.host) == 0, rows[i].text);
        assert_row(strcmp(url.path, rows[i].url.path) == 0, rows[i].text);
        assert_row(strcmp(url.user, rows[i].url.user) == 0, rows[i].text);
        assert_row(strcmp(url.password, rows[i].url.password) == 0, rows[i].text);
        assert_row(url.port == rows[i].url.port && url.database == rows[i].url.database, rows[i].text);
    }
}

static void test_bad(void **state) {
    (void)state;
    static const char *const rows[] = {"",
                                       "localhost:6379",
                                       "rediss://localhost",
                                       "http://localhost",
                                       "redis://",
                                       "redis://:6379",
                                       "redis://h:",
                                       "redis://h:0",
                                       "redis://h:65536",
                                       "redis://h:6379x",
                                       "redis://h/x",
                                       "redis://h/1/2",
                                       "redis://h/99999999999",
                                       "redis://user@h",
                                       "redis://:%4@h",
                                       "redis://:%zz@h",
                                       "redis://:%00@h",
                                       "redis://[::1",
                                       "redis://[::1]x",
                                       "unix://relative",
                                       "unix:///",
                                       "unix:///s?db=",
                                       "unix:///s?db=x",
                                       "unix:///s?name=3"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct redis_url url = {.port = -1};
        assert_row(redis_url_parse(rows[i], &url) == STATUS_INVALID, rows[i]);
        assert_row(url.port == -1, rows[i]);
    }
    char long_path[256] = "unix:///";
    memset(long_path + 8, 'a', 200);
    struct redis_url url;
    assert_int_equal(redis_url_parse(long_path, &url), STATUS_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
