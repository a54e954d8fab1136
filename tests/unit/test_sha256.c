/* SHA-256 against the standard's own examples. links: pf_base */
#include "base/sha256.h"
#include "unit/test.h"

static void assert_hash(const char *text, size_t len, size_t piece_len, const char *expected) {
    struct sha256_piece pieces[1100];
    size_t n = 0;
    char out[SHA256_TEXT_LEN + 1];
    for (size_t at = 0; at < len; at += piece_len) {
        assert_true(n < COUNT_OF(pieces));
        pieces[n++] = (struct sha256_piece){text + at, len - at < piece_len ? len - at : piece_len};
    }
    assert_int_equal(sha256_write(pieces, n, out), STATUS_OK);
    assert_string_equal(out, expected);
}

static void test_a_piece_without_bytes(void **state) {
    const struct sha256_piece pieces[] = {{NULL, 0}, {"abc", 3}, {NULL, 0}};
    char out[SHA256_TEXT_LEN + 1];
    (void)state;
    assert_int_equal(sha256_write(pieces, COUNT_OF(pieces), out), STATUS_OK);
    assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_published_examples(void **state) {
    static const struct {
        const char *text, *hash;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstn"
         "opqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len = strlen(rows[i].text);
        for (size_t piece = 1; piece <= len + 1; piece++)
            assert_hash(rows[i].text, len, piece, rows[i].hash);
    }
}

static void test_a_million_letters(void **state) {
    static char letters[1000000];
    (void)state;
    memset(letters, 'a', sizeof letters);
    assert_hash(letters, sizeof letters, 997, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_examples),
        cmocka_unit_test(test_a_million_letters),
        cmocka_unit_test(test_a_piece_without_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
