/* links: pf_terminal pf_protocol pf_ops pf_base */
/* The command line, the environment and the server's URL: what is taken, what is refused. */
#include "terminal/options.h"
#include "unit/test.h"

#include <stdlib.h>

#define ARGUMENTS_MAX 16
#define ID "5e5e0000-0000-4000-8000-000000000001"

/* argv is written to: a token is overwritten in it. */
static enum status read_line(const char *line, struct options *options) {
    static char copy[512];
    char *argv[ARGUMENTS_MAX + 2] = {copy}, *rest = NULL;
    int argc = 1;
    FILE *complaints = fopen("/dev/null", "w");
    (void)snprintf(copy, sizeof copy, "portfolio-top %s", line);
    (void)strtok_r(copy, " ", &rest);
    for (char *word = strtok_r(NULL, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        assert_true(argc <= ARGUMENTS_MAX);
        argv[argc++] = word;
    }
    enum status status = options_read(argc, argv, complaints, options);
    for (int i = 1; i < argc; i++)
        assert_null(strstr(argv[i], "secret"));
    (void)fclose(complaints);
    return status;
}

static void clear_environment(void) {
    (void)unsetenv("PORTFOLIO_URL");
    (void)unsetenv("PORTFOLIO_TOKEN");
    (void)unsetenv("NO_COLOR");
}

static void test_defaults(void **state) {
    struct options options;
    (void)state;
    clear_environment();
    assert_int_equal(read_line("", &options), STATUS_OK);
    assert_string_equal(options.server_url.host, "localhost");
    assert_int_equal(options.server_url.port, 8080);
    assert_true(options.has_color && !options.is_once && !options.is_json && !options.token);
    assert_string_equal(options.portfolio_id, "");
    assert_true(options.table.sort == TABLE_VALUE && options.table.is_descending);
}

static void test_values(void **state) {
    struct options options;
    (void)state;
    clear_environment();
    assert_int_equal(
        read_line("--once --json --sort symbol --columns symbol,day --max-rate 0.5 --no-color " ID, &options),
        STATUS_OK);
    assert_true(options.is_once && options.is_json && !options.has_color);
    assert_true(options.table.sort == TABLE_SYMBOL && !options.table.is_descending);
    assert_int_equal(options.table.columns_n, 2);
    assert_int_equal(options.table.columns[1], TABLE_DAY);
    assert_string_equal(options.wish.max_rate, "0.5");
    assert_string_equal(options.portfolio_id, ID);
    assert_int_equal(read_line("--fields total_value,current_price --timeout 3", &options), STATUS_OK);
    assert_string_equal(options.wish.fields, "[\"current_price\",\"stale\",\"total_value\"]");
    assert_int_equal(options.timeout_s, 3);
    assert_false(options.table.has_no_rows);
    assert_int_equal(read_line("--fields total_value,gain_loss --once", &options), STATUS_OK);
    assert_string_equal(options.wish.fields, "[\"gain_loss\",\"stale\",\"total_value\"]");
    assert_int_equal(read_line("--fields total_value", &options), STATUS_OK);
    assert_string_equal(options.wish.fields, "[\"stale\",\"total_value\"]");
    assert_true(options.table.has_no_rows);
    /* Scripts get what they ask for, and nothing else. */
    assert_int_equal(read_line("--fields total_value,current_price --json", &options), STATUS_OK);
    assert_string_equal(options.wish.fields, "[\"current_price\",\"total_value\"]");
}

static void test_tokens(void **state) {
    struct options options;
    (void)state;
    clear_environment();
    assert_int_equal(read_line("--token secret", &options), STATUS_OK);
    assert_string_equal(options.token, "secret");
    options_fini(&options);
    (void)setenv("PORTFOLIO_TOKEN", "of the environment", 1);
    assert_int_equal(read_line("--token secret", &options), STATUS_OK);
    assert_string_equal(options.token, "secret");
    options_fini(&options);
    assert_int_equal(read_line("--token-file f", &options), STATUS_OK);
    assert_null(options.token);
    assert_int_equal(read_line("", &options), STATUS_OK);
    assert_string_equal(options.token, "of the environment");
    options_fini(&options);
    clear_environment();
}

static void test_refusals(void **state) {
    static const char *const lines[] = {
        "--nothing",
        "--max-rate 0",
        "--max-rate 1e3",
        "--max-rate -1",
        "--max-rate",
        "--sort nothing",
        "--sort value:up",
        "--columns value,value",
        "--columns ,",
        "--columns price,",
        "--fields nothing",
        "--fields ,",
        "--timeout 0",
        "--timeout 1x",
        "not-an-id",
        "one two",
        "--token secret --login a@example.com",
        "--token-file f --login a@example.com",
        "--filter 123456789012345678901234567890123",
        "--url localhost",
        "--url ftp://localhost",
    };
    (void)state;
    clear_environment();
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct options options;
        assert_row(read_line(lines[i], &options) == STATUS_INVALID, lines[i]);
    }
}

static void test_urls(void **state) {
    static const struct {
        const char *url, *host, *prefix, *authority;
        int port;
        bool is_secure;
    } rows[] = {
        {"http://localhost:8080", "localhost", "", "localhost:8080", 8080, false},
        {"ws://localhost:8080/", "localhost", "", "localhost:8080", 8080, false},
        {"https://Example.com", "Example.com", "", "Example.com", 443, true},
        {"WSS://example.com:443/a/b//", "example.com", "/a/b", "example.com", 443, true},
        {"http://[::1]:81/x", "::1", "/x", "[::1]:81", 81, false},
        {"http://10.0.0.1", "10.0.0.1", "", "10.0.0.1", 80, false},
    };
    static const char *const refused[] = {
        "localhost:8080",       "http://",           "http://a:0",         "http://a:65536",       "http://a:1x",
        "http://me@a",          "http://me:you@a/b", "http://a/?x",        "http://a/#x",          "http://a b",
        "http://a/\r\nHost: b", "http://[::1",       "http://[localhost]", "http://a:99999999999", "http://a\x01",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct server_url server_url;
        char authority[SERVER_URL_HOST_MAX + 10];
        const char *error = NULL;
        assert_row(server_url_parse(rows[i].url, &server_url, &error) == STATUS_OK, rows[i].url);
        server_url_write_authority(&server_url, authority, sizeof authority);
        assert_string_equal(server_url.host, rows[i].host);
        assert_string_equal(server_url.prefix, rows[i].prefix);
        assert_string_equal(authority, rows[i].authority);
        assert_row(server_url.port == rows[i].port && server_url.is_secure == rows[i].is_secure, rows[i].url);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct server_url server_url;
        const char *error = NULL;
        assert_row(server_url_parse(refused[i], &server_url, &error) == STATUS_INVALID && error, refused[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults), cmocka_unit_test(test_values), cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
