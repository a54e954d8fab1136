/* A directory of keys: who signs, who verifies, what is refused.
 * links: pf_identity pf_protocol pf_base */
#include "identity/key_ring.h"
#include "support/tokens.h"

#include <dirent.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static char error[512];

static int dir_make(void **state) {
    (void)state;
    (void)snprintf(dir, sizeof dir, "%s", "/tmp/pf_key_ring_XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int dir_drop(void **state) {
    (void)state;
    char path[512];
    DIR *open = opendir(dir);
    const struct dirent *entry;
    while (open && (entry = readdir(open))) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2)
            (void)remove(path);
    }
    if (open)
        (void)closedir(open);
    return rmdir(dir);
}

static void file_write(const char *name, const char *text, mode_t mode) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void key_write(const char *name, bool is_private, mode_t mode) {
    char *pem = token_pem("EC", "P-256", 0, is_private);
    file_write(name, pem, mode);
    free(pem);
}

static void assert_refused(enum status expected, const char *reason) {
    struct key_ring *ring = NULL;
    error[0] = '\0';
    assert_int_equal(key_ring_open(dir, false, &ring, error, sizeof error), expected);
    assert_null(ring);
    if (!strstr(error, reason))
        fail_msg("\"%s\" does not say \"%s\"", error, reason);
}

static void test_an_empty_one_is_begun(void **state) {
    (void)state;
    struct key_ring *ring, *again;
    struct stat about;
    char path[512];
    assert_refused(STATUS_NOT_FOUND, "no private key");
    assert_int_equal(key_ring_open(dir, true, &ring, error, sizeof error), STATUS_OK);
    assert_int_equal(key_ring_size(ring), 1);
    assert_int_equal(jwt_key_algorithm(key_ring_signer(ring)), JWT_ES256);
    (void)snprintf(path, sizeof path, "%s/%s", dir, key_ring_file(ring, 0));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    /* The next start finds it and makes no other. */
    assert_int_equal(key_ring_open(dir, true, &again, error, sizeof error), STATUS_OK);
    assert_int_equal(key_ring_size(again), 1);
    assert_string_equal(jwt_key_kid(key_ring_signer(ring)), jwt_key_kid(key_ring_signer(again)));
    key_ring_unref(&ring);
    key_ring_unref(&again);
}

static void test_a_directory_is_made(void **state) {
    (void)state;
    char below[128], path[512];
    struct key_ring *ring;
    struct stat about;
    (void)snprintf(below, sizeof below, "%s/keys", dir);
    assert_int_equal(key_ring_open(below, false, &ring, error, sizeof error), STATUS_NOT_FOUND);
    assert_int_equal(key_ring_open(below, true, &ring, error, sizeof error), STATUS_OK);
    assert_int_equal(stat(below, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0700);
    (void)snprintf(path, sizeof path, "%s/%s", below, key_ring_file(ring, 0));
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(below), 0);
    key_ring_unref(&ring);
}

static void test_the_last_by_name_signs(void **state) {
    (void)state;
    struct key_ring *ring;
    key_write("b.pem", true, 0600);
    key_write("a.pem", true, 0400);
    key_write("c.pem", false, 0644);
    file_write("readme.txt", "not a key", 0644);
    file_write(".hidden.pem", "not a key", 0644);
    assert_int_equal(key_ring_open(dir, false, &ring, error, sizeof error), STATUS_OK);
    assert_int_equal(key_ring_size(ring), 3);
    assert_string_equal(key_ring_file(ring, 0), "a.pem");
    assert_string_equal(key_ring_file(ring, 1), "b.pem");
    assert_ptr_equal(key_ring_signer(ring), key_ring_at(ring, 1));
    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(key_ring_find(ring, jwt_key_kid(key_ring_at(ring, i))), key_ring_at(ring, i));
    assert_null(key_ring_find(ring, ""));
    assert_null(key_ring_find(ring, "another"));
    key_ring_unref(&ring);
}

static void test_one_key_in_two_files_is_one(void **state) {
    (void)state;
    struct key_ring *ring;
    struct jwt_key *key;
    char *pem = token_pem("EC", "P-256", 0, true);
    assert_int_equal(jwt_key_from_pem(pem, strlen(pem), &key), STATUS_OK);
    BIO *in = BIO_new_mem_buf(pem, -1), *out = BIO_new(BIO_s_mem());
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    char *public_pem;
    assert_int_equal(PEM_write_bio_PUBKEY(out, pkey), 1);
    long len = BIO_get_mem_data(out, &public_pem);
    char *text = strndup(public_pem, (size_t)len);
    file_write("a.pem", text, 0644);
    file_write("b.pem", pem, 0600);
    assert_int_equal(key_ring_open(dir, false, &ring, error, sizeof error), STATUS_OK);
    assert_int_equal(key_ring_size(ring), 1);
    assert_true(jwt_key_can_sign(key_ring_signer(ring)));
    assert_string_equal(jwt_key_kid(key_ring_signer(ring)), jwt_key_kid(key));
    key_ring_unref(&ring);
    jwt_key_unref(&key);
    EVP_PKEY_free(pkey);
    BIO_free(in);
    BIO_free(out);
    free(text);
    free(pem);
}

static void test_files_of_others_are_refused(void **state) {
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0660, 0644, 0666, 0610};
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        key_write("a.pem", true, modes[i]);
        assert_refused(STATUS_INVALID, "a.pem: a private key that group or others can reach");
    }
    key_write("a.pem", true, 0600);
    key_write("b.pem", false, 0664);
    assert_refused(STATUS_INVALID, "b.pem: group or others can write to it");
    key_write("b.pem", false, 0644);
    assert_int_equal(chmod(dir, 0777), 0);
    assert_refused(STATUS_INVALID, "can write to the directory");
    assert_int_equal(chmod(dir, 0700), 0);
}

static void test_what_is_no_key_stops_the_start(void **state) {
    (void)state;
    char path[512];
    char *pem = token_pem("RSA", NULL, 1024, true);
    key_write("a.pem", true, 0600);
    file_write("b.pem", pem, 0600);
    assert_refused(STATUS_OUT_OF_RANGE, "b.pem: not a key of the kinds that are taken");
    file_write("b.pem", "hello", 0600);
    assert_refused(STATUS_INVALID, "b.pem: not a PEM file");
    file_write("b.pem", "", 0600);
    assert_refused(STATUS_INVALID, "b.pem");
    (void)snprintf(path, sizeof path, "%s/b.pem", dir);
    assert_int_equal(remove(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(STATUS_INVALID, "b.pem");
    assert_int_equal(remove(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(STATUS_INVALID, "b.pem");
    free(pem);
}

static void test_only_public_keys_are_none(void **state) {
    (void)state;
    struct key_ring *ring;
    key_write("a.pem", false, 0644);
    assert_refused(STATUS_NOT_FOUND, "no private key");
    assert_int_equal(key_ring_open(dir, true, &ring, error, sizeof error), STATUS_NOT_FOUND);
}

static void test_too_many_are_refused(void **state) {
    (void)state;
    char name[32];
    for (int i = 0; i <= KEY_RING_MAX; i++) {
        (void)snprintf(name, sizeof name, "%02d.pem", i);
        key_write(name, true, 0600);
    }
    assert_refused(STATUS_LIMIT, "more than 16");
}

static void *open_begun(void *ret_ring) {
    char reason[512];
    assert_int_equal(key_ring_open(dir, true, ret_ring, reason, sizeof reason), STATUS_OK);
    return NULL;
}

static void test_two_first_starts_make_one_key(void **state) {
    (void)state;
    pthread_t threads[4];
    struct key_ring *rings[4] = {0};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_begun, &rings[i]), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(key_ring_size(rings[i]), 1);
        assert_string_equal(jwt_key_kid(key_ring_signer(rings[0])), jwt_key_kid(key_ring_signer(rings[i])));
    }
    for (size_t i = 0; i < 4; i++)
        key_ring_unref(&rings[i]);
}

static void test_the_set_has_public_parts_only(void **state) {
    (void)state;
    struct key_ring *ring;
    struct strbuf out;
    json_t *set, *key;
    size_t i;
    char *pem = token_pem("RSA", NULL, 2048, true);
    key_write("a.pem", true, 0600);
    file_write("b.pem", pem, 0600);
    free(pem);
    strbuf_init(&out);
    assert_int_equal(key_ring_open(dir, false, &ring, error, sizeof error), STATUS_OK);
    assert_int_equal(key_ring_write_jwks(ring, &out), STATUS_OK);
    assert_non_null(set = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL));
    assert_int_equal(json_array_size(json_object_get(set, "keys")), 2);
    json_array_foreach(json_object_get(set, "keys"), i, key) {
        bool is_ec = strcmp(json_string_value(json_object_get(key, "kty")), "EC") == 0;
        assert_int_equal(json_object_size(key), is_ec ? 7 : 6); /* use, alg, kid, kty and crv, x, y or n, e */
        assert_null(json_object_get(key, "d"));
        assert_string_equal(json_string_value(json_object_get(key, "kid")), jwt_key_kid(key_ring_at(ring, i)));
        assert_string_equal(json_string_value(json_object_get(key, "alg")), is_ec ? "ES256" : "RS256");
    }
    json_decref(set);
    strbuf_fini(&out);
    key_ring_unref(&ring);
}

static void test_rings_without_files(void **state) {
    (void)state;
    struct key_ring *memory, *shared;
    struct strbuf out;
    strbuf_init(&out);
    assert_int_equal(key_ring_create_in_memory(&memory), STATUS_OK);
    assert_int_equal(jwt_key_algorithm(key_ring_signer(memory)), JWT_ES256);
    assert_string_equal(key_ring_file(memory, 0), "");
    assert_int_equal(key_ring_create_from_secret("0123456789abcdef0123456789abcdef", &shared), STATUS_OK);
    assert_int_equal(key_ring_write_jwks(shared, &out), STATUS_OK);
    assert_string_equal(strbuf_text(&out), "{\"keys\":[]}");
    struct key_ring *second = key_ring_ref(shared);
    key_ring_unref(&shared);
    assert_int_equal(jwt_key_algorithm(key_ring_signer(second)), JWT_HS256);
    key_ring_unref(&second);
    key_ring_unref(&memory);
    assert_int_equal(key_ring_create_from_secret("too short", &shared), STATUS_OUT_OF_RANGE);
    strbuf_fini(&out);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, dir_make, dir_drop)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_DIR(test_an_empty_one_is_begun),         IN_DIR(test_a_directory_is_made),
        IN_DIR(test_the_last_by_name_signs),        IN_DIR(test_one_key_in_two_files_is_one),
        IN_DIR(test_files_of_others_are_refused),   IN_DIR(test_what_is_no_key_stops_the_start),
        IN_DIR(test_only_public_keys_are_none),     IN_DIR(test_too_many_are_refused),
        IN_DIR(test_two_first_starts_make_one_key), IN_DIR(test_the_set_has_public_parts_only),
        cmocka_unit_test(test_rings_without_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
