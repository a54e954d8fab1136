/* Passwords: what a hash is and what may be a password. links: pf_identity pf_ops pf_base */
#include "identity/password.h"
#include "unit/test.h"

#include <string.h>

static const struct password_cost cheap = {.ops = 1, .memory_kib = 8};

static bool is_right(const char *hash, const char *text) {
    bool is_right = false;
    assert_int_equal(password_verify(hash, text, strlen(text), &cheap, &is_right), STATUS_OK);
    return is_right;
}

static void test_a_hash_is_of_its_password(void **state) {
    char hash[PASSWORD_HASH_MAX], other[PASSWORD_HASH_MAX];
    (void)state;
    assert_int_equal(password_hash("one two three", 13, &cheap, hash), STATUS_OK);
    assert_int_equal(password_hash("one two three", 13, &cheap, other), STATUS_OK);
    assert_string_not_equal(hash, other);
    assert_true(strncmp(hash, "$argon2id$v=19$m=8,t=1,p=1$", 27) == 0);
    assert_null(strstr(hash, "one"));
    assert_true(is_right(hash, "one two three"));
    assert_false(is_right(hash, "one two thre"));
    assert_false(is_right(hash, "One two three"));
    assert_false(is_right(hash, ""));
}

static void test_nobodys_hash_is_of_no_password(void **state) {
    bool is_right_now = true;
    (void)state;
    assert_int_equal(password_verify("", "one two three", 13, &cheap, &is_right_now), STATUS_OK);
    assert_false(is_right_now);
    assert_false(is_right("no hash at all", "one two three"));
}

static void test_another_cost_is_noticed(void **state) {
    char hash[PASSWORD_HASH_MAX];
    (void)state;
    assert_int_equal(password_hash("one two three", 13, &cheap, hash), STATUS_OK);
    assert_false(password_is_outdated(hash, &cheap));
    assert_true(password_is_outdated(hash, &(struct password_cost){.ops = 2, .memory_kib = 8}));
    assert_true(password_is_outdated(hash, &(struct password_cost){.ops = 1, .memory_kib = 16}));
}

static void test_too_much_memory_is_told(void **state) {
    char hash[PASSWORD_HASH_MAX];
    (void)state;
    /* More than the 4 TiB that Argon2 knows. */
    assert_int_equal(
        password_hash("one two three", 13, &(struct password_cost){.ops = 1, .memory_kib = (size_t)1 << 40}, hash),
        STATUS_NO_MEMORY);
}

static const char *reason(const char *text) {
    return password_reason_against(text, strlen(text), "ada.lovelace@example.com");
}

static void test_lengths(void **state) {
    char text[PASSWORD_BYTES_MAX + 2];
    (void)state;
    assert_non_null(reason("9 letters"));
    assert_null(reason("ten letter"));
    assert_non_null(reason("ééééäöüß€"));
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('!' + i * 7 % 90);
    assert_null(password_reason_against(text, 128, ""));
    assert_non_null(password_reason_against(text, 129, ""));
    assert_non_null(password_reason_against(text, sizeof text, ""));
    /* 128 characters of three bytes. */
    char wide[3 * 128];
    for (size_t i = 0; i < 128; i++)
        memcpy(wide + 3 * i, "\xe2\x82", 2), wide[3 * i + 2] = (char)(0x80 + i % 64);
    assert_non_null(password_reason_against(wide, sizeof wide, ""));
    assert_null(password_reason_against(wide, 255, ""));
}

static void test_what_is_common_is_refused(void **state) {
    static const char *const common[] = {
        "password123",      "Password123!",
        "P@ssw0rd2024",     "passwordpassword",
        "qwertyuiop123",    "1234567890",
        "0987654321",       "abcdefghijkl",
        "aaaaaaaaaaaa",     "abcabcabcabc",
        "Summer2024!!",     "letmein12345",
        "iloveyou2023",     "portfolio2024",
        "Portfoliod123!",   "welcomeadmin1",
        "changeme12345",    "1q2w3e1q2w3e",
        "zxcvbnm12345",     "ada.lovelace99",
        "ADA.LOVELACE2024", "ada.lovelace@example.com",
        "asdfghjkl1234",    "qwerty!qwerty!",
        "11112222333344",   "password          ",
        "trustno1trustno1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (!reason(common[i]))
            fail_msg("taken: %s", common[i]);
    }
}

static void test_what_is_not_is_taken(void **state) {
    static const char *const good[] = {
        "correct horse battery", "tr0ub4dor&3xk",  "mein Hund frisst Käse",  "Xk7#pQ2vLm9z",
        "geese fly at noon",     "пароль от дома", "密码不要用这个好吗真的", "password of my uncle Bob",
        "lovelace knows looms",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (reason(good[i]))
            fail_msg("refused: %s: %s", good[i], reason(good[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_hash_is_of_its_password),
        cmocka_unit_test(test_nobodys_hash_is_of_no_password),
        cmocka_unit_test(test_another_cost_is_noticed),
        cmocka_unit_test(test_too_much_memory_is_told),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_what_is_common_is_refused),
        cmocka_unit_test(test_what_is_not_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
