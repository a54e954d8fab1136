/* Secrets from files, and the settings that they become. links: pf_ops pf_base */
#include "ops/config.h"
#include "ops/secret_file.h"
#include "unit/test.h"

#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/test-secret-XXXXXX";

static void put(const char *bytes, size_t len) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state) {
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    return close(fd);
}

static int teardown(void **state) {
    (void)state;
    return unlink(path);
}

static void test_a_line_s_end_does_not_count(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"s3cret", "s3cret"},
                                          {"s3cret\n", "s3cret"},
                                          {"s3cret\r\n", "s3cret"},
                                          {"s3cret\n\n", "s3cret\n"},
                                          {" a b ", " a b "}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *text = NULL, error[128] = "";
        put(rows[i][0], strlen(rows[i][0]));
        assert_int_equal(secret_file_read(path, &text, error, sizeof error), STATUS_OK);
        assert_string_equal(text, rows[i][1]);
        secret_file_free(text);
    }
}

static void test_what_is_refused_is_not_told(void **state) {
    (void)state;
    static char large[SECRET_FILE_BYTES_MAX + 1];
    memset(large, 'x', sizeof large);
    const struct {
        const char *bytes;
        size_t len;
        const char *why;
    } rows[] = {
        {"", 0, "empty"}, {"\r\n", 2, "empty"}, {"hush\0hush", 9, "not a text"}, {large, sizeof large, "larger"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *text = NULL, error[128] = "";
        put(rows[i].bytes, rows[i].len);
        assert_int_equal(secret_file_read(path, &text, error, sizeof error), STATUS_INVALID);
        assert_null(text);
        assert_row(strstr(error, rows[i].why) && strstr(error, path) && !strstr(error, "hush"), error);
    }
    put(large, SECRET_FILE_BYTES_MAX);
    char *text = NULL, error[128] = "";
    assert_int_equal(secret_file_read(path, &text, error, sizeof error), STATUS_OK);
    secret_file_free(text);
    assert_int_equal(secret_file_read("/nowhere/at/all", &text, error, sizeof error), STATUS_INVALID);
    assert_int_equal(secret_file_read("/tmp", &text, error, sizeof error), STATUS_INVALID);
}

static void test_settings_from_files(void **state) {
    (void)state;
    struct config config;
    char error[256] = "";
    put("postgresql://from/file\n", 23);
    assert_int_equal(setenv("DATABASE_URL_FILE", path, 1), 0);
    assert_int_equal(setenv("FINNHUB_API_KEY_FILE", path, 1), 0);
    assert_int_equal(config_read(&config, 0, NULL, error, sizeof error), STATUS_OK);
    assert_string_equal(config.database_url, "postgresql://from/file");
    assert_string_equal(config.finnhub_api_key, "postgresql://from/file");
    assert_int_equal(config.file_texts_n, 2);
    config_fini(&config);
    assert_int_equal(setenv("DATABASE_URL", "x", 1), 0);
    assert_int_equal(config_read(&config, 0, NULL, error, sizeof error), STATUS_INVALID);
    assert_non_null(strstr(error, "both given"));
    unsetenv("DATABASE_URL");
    unsetenv("DATABASE_URL_FILE");
    unsetenv("FINNHUB_API_KEY_FILE");
    assert_int_equal(setenv("HOST_FILE", path, 1), 0); /* no secret */
    assert_int_equal(config_read(&config, 0, NULL, error, sizeof error), STATUS_OK);
    assert_string_equal(config.host, "127.0.0.1");
    config_fini(&config);
    unsetenv("HOST_FILE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_s_end_does_not_count),
        cmocka_unit_test(test_what_is_refused_is_not_told),
        cmocka_unit_test(test_settings_from_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
