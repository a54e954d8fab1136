/* Random secrets and their hashes. links: pf_identity pf_base */
#include "identity/secret.h"
#include "unit/test.h"

#include <string.h>

static void test_a_new_one_is_known_again(void **state) {
    (void)state;
    char text[SECRET_TEXT_LEN + 1], other[SECRET_TEXT_LEN + 1];
    uint8_t hash[SECRET_HASH_LEN], again[SECRET_HASH_LEN], others[SECRET_HASH_LEN];
    assert_int_equal(secret_create(SECRET_API_KEY, text, hash), STATUS_OK);
    assert_int_equal(secret_create(SECRET_API_KEY, other, others), STATUS_OK);
    assert_int_equal(strlen(text), SECRET_TEXT_LEN);
    assert_memory_equal(text, "pfk_", 4);
    assert_string_not_equal(text, other);
    assert_int_equal(secret_hash(SECRET_API_KEY, text, SECRET_TEXT_LEN, again), STATUS_OK);
    assert_true(secret_equal(hash, again, SECRET_HASH_LEN));
    assert_false(secret_equal(hash, others, SECRET_HASH_LEN));
}

static void test_what_is_no_secret_is_refused(void **state) {
    (void)state;
    char text[SECRET_TEXT_LEN + 1];
    uint8_t hash[SECRET_HASH_LEN];
    assert_int_equal(secret_create(SECRET_TICKET, text, hash), STATUS_OK);
    assert_true(secret_is_of_kind(SECRET_TICKET, text, SECRET_TEXT_LEN));
    assert_false(secret_is_of_kind(SECRET_REFRESH_TOKEN, text, SECRET_TEXT_LEN));
    assert_false(secret_is_of_kind(SECRET_TICKET, text, SECRET_TEXT_LEN - 1));
    assert_false(secret_is_of_kind(SECRET_TICKET, "", 0));
    text[10] = '+';
    assert_int_equal(secret_hash(SECRET_TICKET, text, SECRET_TEXT_LEN, hash), STATUS_INVALID);
    text[10] = '\0';
    assert_int_equal(secret_hash(SECRET_TICKET, text, SECRET_TEXT_LEN, hash), STATUS_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_one_is_known_again),
        cmocka_unit_test(test_what_is_no_secret_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
