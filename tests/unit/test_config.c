/* Settings from environment and flags. links: pf_ops pf_base */
#include "base/decimal.h"
#include "ops/config.h"
#include "unit/test.h"

#include <stdlib.h>

#define ARGV_MAX 8

struct config_row {
    const char *arguments[ARGV_MAX]; /* ends at NULL */
    const char *error;               /* NULL: read */
};

static void clear_environment(void) {
#define UNSET(field, name, ...) assert_int_equal(unsetenv(name), 0);
    PF_CONFIG(UNSET, UNSET, UNSET)
    PF_CONFIG_SECRETS(UNSET)
#undef UNSET
}

static int setup(void **state) {
    (void)state;
    clear_environment();
    return 0;
}

/* argv wants char *const; the settings are only read. */
static enum status read_arguments(struct config *config, const char *const *arguments, char *error, size_t error_len) {
    static char copies[ARGV_MAX][128];
    char *argv[ARGV_MAX];
    int argc = 0;
    for (; argc < ARGV_MAX && arguments[argc]; argc++) {
        size_t len = strlen(arguments[argc]);
        assert_true(len < sizeof copies[argc]);
        memcpy(copies[argc], arguments[argc], len + 1);
        argv[argc] = copies[argc];
    }
    return config_read(config, argc, argv, error, error_len);
}

static void test_defaults_are_the_table_s(void **state) {
    struct config config;
    char error[200] = "";
    (void)state;
    assert_int_equal(config_read(&config, 0, NULL, error, sizeof error), STATUS_OK);
#define TEXT(field, name, value, help) assert_string_equal(config.field, value);
#define NUMBER(field, name, value, min, max, help) assert_true(config.field == (value));
    PF_CONFIG(TEXT, NUMBER, NUMBER)
#undef TEXT
#undef NUMBER
    assert_int_equal(config.flush_ms, 50);
    assert_string_equal(config.host, "127.0.0.1");
}

/* Each number at both bounds is taken and just outside refused, by name. */
static void check_bounds(const char *name, int64_t min, int64_t max, bool is_decimal) {
    const int64_t values[] = {min, max, min - 1, max + 1};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct config config;
        char text[DECIMAL_TEXT_MAX + 1], error[200] = "";
        size_t len = decimal_write(text, values[i]);
        text[len] = '\0';
        if (!is_decimal)
            (void)snprintf(text, sizeof text, "%lld", (long long)values[i]);
        assert_int_equal(setenv(name, text, 1), 0);
        enum status status = config_read(&config, 0, NULL, error, sizeof error);
        assert_row(status == (i < 2 ? STATUS_OK : STATUS_INVALID), name);
        assert_row(i < 2 || (strncmp(error, name, strlen(name)) == 0 && strstr(error, text)), name);
    }
    assert_int_equal(unsetenv(name), 0);
}

static void test_each_setting_obeys_its_bounds(void **state) {
    (void)state;
#define TEXT(field, name, value, help)
#define INTEGER(field, name, value, min, max, help) check_bounds(name, min, max, false);
#define DECIMAL(field, name, value, min, max, help) check_bounds(name, min, max, true);
    PF_CONFIG(TEXT, INTEGER, DECIMAL)
#undef TEXT
#undef INTEGER
#undef DECIMAL
}

static void test_flags_of_each_spelling_win_over_the_environment(void **state) {
    static const struct config_row rows[] = {
        {{"--flush-ms", "20", NULL}, NULL},
        {{"--flush-ms=20", NULL}, NULL},
        {{"--FLUSH_MS=20", NULL}, NULL},
        {{"--FLUSH_MS", "20", NULL}, NULL},
        {{"--flush-ms=30", "--flush-ms", "20", NULL}, NULL},
    };
    (void)state;
    assert_int_equal(setenv("FLUSH_MS", "40", 1), 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config config;
        char error[200] = "";
        assert_row(read_arguments(&config, rows[i].arguments, error, sizeof error) == STATUS_OK, error);
        assert_row(config.flush_ms == 20, rows[i].arguments[0]);
    }
}

static void test_environment_is_read_and_empty_is_unset(void **state) {
    struct config config;
    char error[200] = "";
    (void)state;
    assert_int_equal(setenv("PORT", "9000", 1), 0);
    assert_int_equal(setenv("FLUSH_MS", "", 1), 0);
    assert_int_equal(setenv("HOST", "", 1), 0);
    assert_int_equal(setenv("REDIS_URL", "redis://localhost:1", 1), 0);
    assert_int_equal(setenv("MAX_RATE", "0.50", 1), 0);
    assert_int_equal(config_read(&config, 0, NULL, error, sizeof error), STATUS_OK);
    assert_int_equal(config.port, 9000);
    assert_int_equal(config.flush_ms, 50);
    assert_string_equal(config.host, "127.0.0.1");
    assert_string_equal(config.redis_url, "redis://localhost:1");
    assert_int_equal(config.max_rate, 50000000);
}

static void test_flag_may_empty_a_text(void **state) {
    static const char *const arguments[] = {"--redis-url=", NULL};
    struct config config;
    char error[200] = "";
    (void)state;
    assert_int_equal(setenv("REDIS_URL", "redis://localhost:1", 1), 0);
    assert_int_equal(read_arguments(&config, arguments, error, sizeof error), STATUS_OK);
    assert_string_equal(config.redis_url, "");
}

static void test_wrong_flags_are_named(void **state) {
    static const struct config_row rows[] = {
        {{"--flush-ms", "abc", NULL}, "FLUSH_MS: \"abc\" is not an integer from 1 to 60000"},
        {{"--flush-ms", "1.5", NULL}, "FLUSH_MS: \"1.5\" is not an integer from 1 to 60000"},
        {{"--flush-ms", "", NULL}, "FLUSH_MS: \"\" is not an integer from 1 to 60000"},
        {{"--flush-ms", " 5", NULL}, "FLUSH_MS: \" 5\" is not an integer from 1 to 60000"},
        {{"--flush-ms", "5ms", NULL}, "FLUSH_MS: \"5ms\" is not an integer from 1 to 60000"},
        {{"--flush-ms", "-5", NULL}, "FLUSH_MS: \"-5\" is not an integer from 1 to 60000"},
        {{"--flush-ms", "99999999999999999999", NULL},
         "FLUSH_MS: \"99999999999999999999\" is not an integer from 1 to 60000"},
        {{"--max-rate", "1e3", NULL}, "MAX_RATE: \"1e3\" is not a decimal number from 0.1 to 1000"},
        {{"--max-rate", "0.05", NULL}, "MAX_RATE: \"0.05\" is not a decimal number from 0.1 to 1000"},
        {{"--flush-ms", NULL}, "FLUSH_MS: the flag --flush-ms needs a value"},
        {{"--flush", "5", NULL}, "unknown flag --flush (serve --help lists them)"},
        {{"--no-such=5", NULL}, "unknown flag --no-such (serve --help lists them)"},
        {{"-p", "5", NULL}, "unexpected argument \"-p\""},
        {{"5", NULL}, "unexpected argument \"5\""},
        {{"--", NULL}, "unexpected argument \"--\""},
        {{"--port=1", "x", NULL}, "unexpected argument \"x\""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config config = {.port = 77};
        char error[200] = "";
        assert_row(read_arguments(&config, rows[i].arguments, error, sizeof error) == STATUS_INVALID,
                   rows[i].arguments[0]);
        assert_string_equal(error, rows[i].error);
        assert_int_equal(config.port, 77);
    }
}

static void test_help_names_each_setting_in_100_columns(void **state) {
    char *text = NULL, *line, *rest;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    (void)state;
    assert_non_null(out);
    config_print_help(out);
    assert_int_equal(fclose(out), 0);
#define NAME(field, name, ...) assert_row(strstr(text, "\n  " name " ") != NULL, name);
    PF_CONFIG(NAME, NAME, NAME)
    PF_CONFIG_SECRETS(NAME)
#undef NAME
    assert_non_null(strstr(text, "0.1 to 1000"));
    for (line = text; (rest = strchr(line, '\n')); line = rest + 1)
        assert_true(rest - line <= 100);
    assert_string_equal(line, "");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_defaults_are_the_table_s, setup),
        cmocka_unit_test_setup(test_each_setting_obeys_its_bounds, setup),
        cmocka_unit_test_setup(test_flags_of_each_spelling_win_over_the_environment, setup),
        cmocka_unit_test_setup(test_environment_is_read_and_empty_is_unset, setup),
        cmocka_unit_test_setup(test_flag_may_empty_a_text, setup),
        cmocka_unit_test_setup(test_wrong_flags_are_named, setup),
        cmocka_unit_test_setup(test_help_names_each_setting_in_100_columns, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
