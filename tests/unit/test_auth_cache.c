/* What a loop keeps of credentials. links: pf_app pf_domain pf_base */
#include "app/auth_cache.h"
#include "unit/test.h"

#include <string.h>

#define KNOWN_MAX 3
#define VOID_MAX 2
#define PENDING_MAX 2
#define VOID_KEEP_MS 500

static struct uuid id_of(uint8_t byte) {
    struct uuid id;
    memset(id.bytes, byte, sizeof id.bytes);
    return id;
}

static struct auth_cache *cache_create(void) {
    struct auth_cache_config config = {
        .known_max = KNOWN_MAX, .void_max = VOID_MAX, .pending_max = PENDING_MAX, .void_keep_ms = VOID_KEEP_MS};
    struct auth_cache *cache = NULL;
    assert_int_equal(auth_cache_create(&config, &cache), STATUS_OK);
    return cache;
}

static const uint8_t *digest_of(uint8_t byte) {
    static uint8_t digest[AUTH_DIGEST_LEN];
    memset(digest, byte, sizeof digest);
    return digest;
}

static struct principal *principal_of(uint8_t user, uint8_t credential) {
    struct principal values = {
        .role = ROLE_SERVICE, .user_id = id_of(user), .credential_id = id_of(credential), .expires_ms = INT64_MAX};
    struct principal *principal = NULL;
    assert_int_equal(principal_create(&values, &principal), STATUS_OK);
    return principal;
}

/* Begins and ends a lookup at once: the token `byte` is of that user and credential. */
static void know(struct auth_cache *cache, uint8_t byte, uint8_t user, uint8_t credential, int64_t until_ms) {
    struct auth_entry *entry = NULL;
    struct principal *principal = principal_of(user, credential);
    assert_int_equal(auth_cache_begin(cache, digest_of(byte), &entry), STATUS_OK);
    auth_cache_end(cache, entry, AUTH_OK, principal, until_ms, 0);
    principal_unref(&principal);
}

static bool is_known(struct auth_cache *cache, uint8_t byte, int64_t now_ms) {
    const struct auth_entry *entry = auth_cache_find(cache, digest_of(byte), now_ms);
    return entry && entry->state == AUTH_KNOWN;
}

struct answer {
    struct auth_request request;
    unsigned n;
    enum auth_failure failure;
    struct principal *principal;
};

static void on_answer(void *context, enum auth_failure failure, struct principal *principal) {
    struct answer *answer = context;
    answer->n++;
    answer->failure = failure;
    answer->principal = principal;
}

static void answer_init(struct answer *answer) {
    *answer = (struct answer){.request = {.context = answer, .done = on_answer}};
}

static void test_what_is_known_ends_with_its_time(void **state) {
    (void)state;
    struct auth_cache *cache = cache_create();
    assert_null(auth_cache_find(cache, digest_of(1), 0));
    know(cache, 1, 7, 8, 1000);
    assert_true(is_known(cache, 1, 999));
    assert_false(is_known(cache, 2, 999));
    assert_false(is_known(cache, 1, 1000));
    assert_int_equal(auth_cache_size(cache, AUTH_KNOWN), 0);
    auth_cache_destroy(&cache);
}

static void test_the_oldest_goes_and_void_ones_drive_out_nobody(void **state) {
    (void)state;
    struct auth_cache *cache = cache_create();
    for (uint8_t i = 1; i <= KNOWN_MAX; i++)
        know(cache, i, i, i, 1000);
    for (uint8_t i = 100; i < 200; i++)
        auth_cache_note_void(cache, digest_of(i), AUTH_INVALID, 0);
    assert_int_equal(auth_cache_size(cache, AUTH_VOID), VOID_MAX);
    for (uint8_t i = 1; i <= KNOWN_MAX; i++)
        assert_true(is_known(cache, i, 0));
    know(cache, 9, 9, 9, 1000);
    assert_false(is_known(cache, 1, 0));
    assert_true(is_known(cache, 2, 0) && is_known(cache, 9, 0));
    assert_int_equal(auth_cache_size(cache, AUTH_KNOWN), KNOWN_MAX);
    auth_cache_destroy(&cache);
}

static void test_void_for_a_while(void **state) {
    (void)state;
    struct auth_cache *cache = cache_create();
    struct auth_entry *entry = NULL;
    struct answer answer;
    auth_cache_note_void(cache, digest_of(1), AUTH_EXPIRED, 100);
    assert_int_equal(auth_cache_find(cache, digest_of(1), 100)->failure, AUTH_EXPIRED);
    assert_non_null(auth_cache_find(cache, digest_of(1), 100 + VOID_KEEP_MS - 1));
    assert_null(auth_cache_find(cache, digest_of(1), 100 + VOID_KEEP_MS));
    assert_int_equal(auth_cache_begin(cache, digest_of(2), &entry), STATUS_OK);
    answer_init(&answer);
    list_push_back(&entry->waiters, &answer.request.link);
    auth_cache_end(cache, entry, AUTH_INVALID, NULL, 0, 100);
    assert_int_equal(answer.n, 1);
    assert_int_equal(answer.failure, AUTH_INVALID);
    assert_int_equal(auth_cache_find(cache, digest_of(2), 101)->state, AUTH_VOID);
    auth_cache_destroy(&cache);
}

static void test_many_wait_for_one_lookup(void **state) {
    (void)state;
    struct auth_cache *cache = cache_create();
    struct auth_entry *entry = NULL;
    struct answer answers[3];
    struct principal *principal = principal_of(7, 8);
    assert_int_equal(auth_cache_begin(cache, digest_of(1), &entry), STATUS_OK);
    for (size_t i = 0; i < 3; i++) {
        answer_init(&answers[i]);
        struct auth_entry *found = auth_cache_find(cache, digest_of(1), INT64_MAX);
        assert_ptr_equal(found, entry);
        assert_int_equal(found->state, AUTH_PENDING);
        list_push_back(&found->waiters, &answers[i].request.link);
    }
    list_remove(&answers[1].request.link); /* it left */
    auth_cache_end(cache, entry, AUTH_OK, principal, 1000, 0);
    assert_int_equal(answers[0].n, 1);
    assert_int_equal(answers[1].n, 0);
    assert_int_equal(answers[2].n, 1);
    assert_ptr_equal(answers[2].principal, principal);
    principal_unref(&answers[0].principal);
    principal_unref(&answers[2].principal);
    principal_unref(&principal);
    assert_true(is_known(cache, 1, 0));
    auth_cache_destroy(&cache);
}

static void test_what_could_not_be_looked_up_is_not_kept(void **state) {
    (void)state;
    struct auth_cache *cache = cache_create();
    struct auth_entry *entry = NULL, *other = NULL, *third = NULL;
    assert_int_equal(auth_cache_begin(cache, digest_of(1), &entry), STATUS_OK);
    assert_int_equal(auth_cache_begin(cache, digest_of(2), &other), STATUS_OK);
    assert_int_equal(auth_cache_begin(cache, digest_of(3), &third), STATUS_LIMIT);
    auth_cache_end(cache, entry, AUTH_UNAVAILABLE, NULL, 0, 0);
    assert_null(auth_cache_find(cache, digest_of(1), 0));
    assert_int_equal(auth_cache_begin(cache, digest_of(3), &third), STATUS_OK);
    auth_cache_destroy(&cache);
}

static void test_a_change_ends_what_is_known_of_it(void **state) {
    (void)state;
    static const struct {
        uint8_t subject;     /* 0: nil */
        const char *is_left; /* of the tokens 1 2 3 */
    } rows[] = {{7, "  x"}, {8, " xx"}, {9, "x x"}, {5, "xxx"}, {0, "   "}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct auth_cache *cache = cache_create();
        know(cache, 1, 7, 8, 1000);
        know(cache, 2, 7, 9, 1000);
        know(cache, 3, 6, 6, 1000);
        struct uuid subject = id_of(rows[i].subject);
        auth_cache_on_changed(cache, &subject);
        for (uint8_t token = 1; token <= 3; token++)
            assert_int_equal(is_known(cache, token, 0), rows[i].is_left[token - 1] == 'x');
        auth_cache_destroy(&cache);
    }
}

static void test_a_change_during_a_lookup_is_noticed(void **state) {
    (void)state;
    struct auth_cache *cache = cache_create();
    struct principal *principal = principal_of(7, 8);
    struct uuid other = id_of(5), user = id_of(7), credential = id_of(8), nil = id_of(0);
    uint64_t mark = auth_cache_mark(cache);
    auth_cache_on_changed(cache, &other);
    assert_false(auth_cache_has_changed(cache, mark, principal));
    auth_cache_on_changed(cache, &user);
    assert_true(auth_cache_has_changed(cache, mark, principal));
    mark = auth_cache_mark(cache);
    assert_false(auth_cache_has_changed(cache, mark, principal));
    auth_cache_on_changed(cache, &credential);
    assert_true(auth_cache_has_changed(cache, mark, principal));
    mark = auth_cache_mark(cache);
    auth_cache_on_changed(cache, &nil);
    assert_true(auth_cache_has_changed(cache, mark, principal));
    mark = auth_cache_mark(cache);
    for (int i = 0; i < 256; i++)
        auth_cache_on_changed(cache, &other);
    assert_false(auth_cache_has_changed(cache, mark, principal));
    auth_cache_on_changed(cache, &other); /* more than are remembered */
    assert_true(auth_cache_has_changed(cache, mark, principal));
    principal_unref(&principal);
    auth_cache_destroy(&cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_known_ends_with_its_time),
        cmocka_unit_test(test_the_oldest_goes_and_void_ones_drive_out_nobody),
        cmocka_unit_test(test_void_for_a_while),
        cmocka_unit_test(test_many_wait_for_one_lookup),
        cmocka_unit_test(test_what_could_not_be_looked_up_is_not_kept),
        cmocka_unit_test(test_a_change_ends_what_is_known_of_it),
        cmocka_unit_test(test_a_change_during_a_lookup_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
