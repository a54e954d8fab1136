/* Our tokens and an outside provider's, whose key set comes from a stub.
 * links: pf_app pf_store pf_feed pf_net pf_identity pf_protocol pf_domain pf_thread pf_ops pf_base */
#include "app/token_keys.h"
#include "identity/key_set.h"
#include "ops/metrics.h"
#include "support/http_stub.h"
#include "support/tokens.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define OUTSIDE_PAYLOAD                                                                                                \
    "{\"iss\":\"https://login.example\",\"aud\":[\"portfolio-app\",\"other\"],\"sub\":\"7\",\"exp\":1800000900,"       \
    "\"email\":\"ann@example.com\",\"email_verified\":true}"

/* Wall time stands still, the monotonic one is the system's: the source's thread waits by it. */
static int64_t wall_now(const struct clock *clock) {
    (void)clock;
    return (int64_t)TOKEN_NOW_S * 1000;
}

static int64_t monotonic_now(const struct clock *clock) {
    (void)clock;
    return clock_monotonic_ms(clock_system());
}

static const struct clock test_clock = {wall_now, monotonic_now};

struct world {
    struct http_stub stub;
    struct http_stub_route *route;
    char url[96], error[512];
    struct strbuf set; /* what the route answers */
    struct config config;
    struct token_keys *keys;
};

static const struct config base_config = {.database_url = "",
                                          .key_dir = "",
                                          .jwt_issuer = "portfoliod",
                                          .jwt_audience = "portfolio",
                                          .access_token_s = 900,
                                          .jwks_url = "",
                                          .issuer = "",
                                          .audience = "",
                                          .jwks_refresh_s = 3600,
                                          .jwt_hs256_secret = ""};

static void set_of(struct strbuf *out, struct jwt_key *const *keys, size_t n) {
    strbuf_clear(out);
    STRBUF_LITERAL(out, "{\"keys\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            strbuf_append_char(out, ',');
        assert_int_equal(jwt_key_write_jwk(keys[i], out), STATUS_OK);
    }
    STRBUF_LITERAL(out, "]}");
    strbuf_append_char(out, '\0');
}

/* Keys with an outside provider that has these. */
static void world_begin(struct world *world, struct jwt_key *const *provider_keys, size_t n) {
    memset(world, 0, sizeof *world);
    strbuf_init(&world->set);
    set_of(&world->set, provider_keys, n);
    http_stub_start(&world->stub);
    world->route = http_stub_route(&world->stub, "/keys", "200 OK", "", world->set.data);
    (void)snprintf(world->url, sizeof world->url, "%s/keys", world->stub.url);
    world->config = base_config;
    world->config.jwks_url = world->url;
    world->config.issuer = "https://login.example";
    world->config.audience = "portfolio-app";
    assert_int_equal(token_keys_create(&world->config, &test_clock, &world->keys, world->error, sizeof world->error),
                     STATUS_OK);
    assert_int_equal(token_keys_start(world->keys), STATUS_OK);
}

static void world_end(struct world *world) {
    token_keys_destroy(&world->keys);
    http_stub_stop(&world->stub);
    strbuf_fini(&world->set);
}

static enum jwt_verdict verdict_of(struct token_keys *keys, const char *token, bool *ret_is_outside) {
    struct jwt_claims claims;
    return token_keys_verify(keys, token, strlen(token), &claims, ret_is_outside);
}

/* The verdict once the provider's keys have been asked for. */
static enum jwt_verdict settled_verdict(struct token_keys *keys, const char *token) {
    bool is_outside;
    enum jwt_verdict verdict = verdict_of(keys, token, &is_outside);
    for (int i = 0; i < 30000 && verdict == JWT_KEYS_AWAY; i++) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        verdict = verdict_of(keys, token, &is_outside);
    }
    return verdict;
}

static void test_ours_are_issued_and_known(void **state) {
    (void)state;
    struct token_keys *keys;
    struct jwt_claims claims;
    struct strbuf text, jwks;
    struct uuid user_id, session_id;
    int64_t expires_ms;
    bool is_outside = true;
    char error[256], id[UUID_TEXT_LEN + 1];
    assert_int_equal(token_keys_create(&base_config, &test_clock, &keys, error, sizeof error), STATUS_OK);
    assert_int_equal(uuid_random(&user_id), STATUS_OK);
    assert_int_equal(uuid_random(&session_id), STATUS_OK);
    strbuf_init(&text);
    strbuf_init(&jwks);
    assert_int_equal(token_keys_issue(keys, &user_id, &session_id, &text, &expires_ms), STATUS_OK);
    assert_int_equal(expires_ms, ((int64_t)TOKEN_NOW_S + 900) * 1000);
    assert_int_equal(token_keys_verify(keys, text.data, text.len, &claims, &is_outside), JWT_OK);
    assert_false(is_outside);
    uuid_write(id, &user_id);
    assert_string_equal(claims.subject, id);
    uuid_write(id, &session_id);
    assert_string_equal(claims.session, id);
    assert_int_equal(strlen(claims.token_id), UUID_TEXT_LEN);
    assert_int_equal(claims.expires_s, TOKEN_NOW_S + 900);
    /* Whoever has the published keys can verify it. */
    struct key_set *set;
    struct jwt jwt;
    assert_int_equal(token_keys_write_jwks(keys, &jwks), STATUS_OK);
    assert_int_equal(key_set_parse(jwks.data, jwks.len, &set), STATUS_OK);
    assert_int_equal(jwt_read(text.data, text.len, &jwt), JWT_OK);
    assert_int_equal(jwt_verify(&jwt, key_set_find(set, jwt.kid), &token_expectation, &claims), JWT_OK);
    key_set_unref(&set);
    strbuf_fini(&text);
    strbuf_fini(&jwks);
    token_keys_destroy(&keys);
}

static void test_another_process_does_not_know_them(void **state) {
    (void)state;
    struct token_keys *keys, *others;
    struct strbuf text;
    struct uuid id = {{1}};
    int64_t expires_ms;
    bool is_outside;
    char error[256];
    strbuf_init(&text);
    assert_int_equal(token_keys_create(&base_config, &test_clock, &keys, error, sizeof error), STATUS_OK);
    assert_int_equal(token_keys_create(&base_config, &test_clock, &others, error, sizeof error), STATUS_OK);
    assert_int_equal(token_keys_issue(keys, &id, &id, &text, &expires_ms), STATUS_OK);
    int64_t before = metrics_get(METRIC_TOKENS_UNKNOWN_KEY);
    assert_int_equal(verdict_of(others, strbuf_text(&text), &is_outside), JWT_UNKNOWN_KEY);
    assert_int_equal(metrics_get(METRIC_TOKENS_UNKNOWN_KEY), before + 1);
    strbuf_fini(&text);
    token_keys_destroy(&keys);
    token_keys_destroy(&others);
}

static void test_the_provider_s_are_taken(void **state) {
    (void)state;
    struct world world;
    struct jwt_key *provider[2];
    struct jwt_claims claims;
    bool is_outside = false;
    assert_int_equal(jwt_key_generate(&provider[0]), STATUS_OK);
    provider[1] = token_rsa_key(2048);
    world_begin(&world, provider, 2);
    for (size_t i = 0; i < 2; i++) {
        char *token = token_of(provider[i], OUTSIDE_PAYLOAD);
        assert_int_equal(settled_verdict(world.keys, token), JWT_OK);
        assert_int_equal(token_keys_verify(world.keys, token, strlen(token), &claims, &is_outside), JWT_OK);
        assert_true(is_outside);
        assert_string_equal(claims.issuer, "https://login.example");
        assert_string_equal(claims.subject, "7");
        assert_string_equal(claims.email, "ann@example.com");
        assert_true(claims.is_email_verified);
        free(token);
    }
    assert_int_equal(atomic_load(&world.route->asked_n), 1);
    world_end(&world);
    jwt_key_unref(&provider[0]);
    jwt_key_unref(&provider[1]);
}

/* Each key speaks for its own issuer alone. */
static void test_issuers_are_not_mixed_up(void **state) {
    (void)state;
    struct world world;
    struct jwt_key *provider;
    struct strbuf text;
    struct uuid id = {{1}};
    int64_t expires_ms;
    bool is_outside;
    assert_int_equal(jwt_key_generate(&provider), STATUS_OK);
    world_begin(&world, &provider, 1);
    /* The provider says that it is us. */
    char *token = token_of(provider, TOKEN_PAYLOAD);
    assert_int_equal(settled_verdict(world.keys, token), JWT_WRONG_ISSUER);
    free(token);
    /* Its issuer, for another application of its own; for ours by our own name. */
    token =
        token_of(provider, "{\"iss\":\"https://login.example\",\"aud\":\"other\",\"sub\":\"7\",\"exp\":1800000900}");
    assert_int_equal(settled_verdict(world.keys, token), JWT_WRONG_AUDIENCE);
    free(token);
    token = token_of(provider,
                     "{\"iss\":\"https://login.example\",\"aud\":\"portfolio\",\"sub\":\"7\",\"exp\":1800000900}");
    assert_int_equal(settled_verdict(world.keys, token), JWT_WRONG_AUDIENCE);
    free(token);
    /* The name of our key over the provider's signature: our key judges, and says no. */
    strbuf_init(&text);
    assert_int_equal(token_keys_issue(world.keys, &id, &id, &text, &expires_ms), STATUS_OK);
    struct jwt jwt;
    char header[512];
    assert_int_equal(jwt_read(text.data, text.len, &jwt), JWT_OK);
    (void)snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", jwt.kid);
    token = token_make(header, TOKEN_PAYLOAD, provider);
    assert_int_equal(verdict_of(world.keys, token, &is_outside), JWT_BAD_SIGNATURE);
    free(token);
    token = token_make(header, OUTSIDE_PAYLOAD, provider);
    assert_int_equal(verdict_of(world.keys, token, &is_outside), JWT_BAD_SIGNATURE);
    free(token);
    strbuf_fini(&text);
    world_end(&world);
    jwt_key_unref(&provider);
}

/* A provider that publishes a key under the name of ours gains nothing. */
static void test_a_stolen_name_is_ours(void **state) {
    (void)state;
    char dir[] = "/tmp/pf_token_keys_XXXXXX", path[512], error[256];
    struct token_keys *keys;
    struct strbuf text, set;
    struct uuid id = {{1}};
    int64_t expires_ms;
    bool is_outside;
    struct http_stub stub;
    char url[96];
    assert_non_null(mkdtemp(dir));
    struct config config = base_config;
    config.key_dir = dir;
    assert_int_equal(token_keys_create(&config, &test_clock, &keys, error, sizeof error), STATUS_OK);
    strbuf_init(&text);
    strbuf_init(&set);
    assert_int_equal(token_keys_issue(keys, &id, &id, &text, &expires_ms), STATUS_OK);
    struct jwt jwt;
    assert_int_equal(jwt_read(text.data, text.len, &jwt), JWT_OK);
    token_keys_destroy(&keys);

    strbuf_printf(&set,
                  "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"%s\",\"crv\":\"P-256\","
                  "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                  "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}",
                  jwt.kid);
    http_stub_start(&stub);
    (void)http_stub_route(&stub, "/keys", "200 OK", "", strbuf_text(&set));
    (void)snprintf(url, sizeof url, "%s/keys", stub.url);
    config.jwks_url = url;
    config.issuer = "https://login.example";
    config.audience = "portfolio-app";
    assert_int_equal(token_keys_create(&config, &test_clock, &keys, error, sizeof error), STATUS_OK);
    int64_t before = metrics_get(METRIC_KEY_SETS_FETCHED);
    assert_int_equal(token_keys_start(keys), STATUS_OK);
    for (int i = 0; i < 30000 && metrics_get(METRIC_KEY_SETS_FETCHED) == before; i++)
        (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    assert_true(metrics_get(METRIC_KEY_SETS_FETCHED) > before);
    assert_int_equal(verdict_of(keys, strbuf_text(&text), &is_outside), JWT_OK);
    assert_false(is_outside);
    token_keys_destroy(&keys);
    http_stub_stop(&stub);
    strbuf_fini(&set);
    strbuf_fini(&text);
    (void)snprintf(path, sizeof path, "rm -r '%s'", dir);
    assert_int_equal(system(path), 0);
}

/* --- keys that change while they are used --- */

#define VERIFIERS 3

struct verifier {
    struct token_keys *keys;
    const char *token;
    atomic_bool *is_over;
    atomic_uint *verified_n;
};

static void *verify_until_over(void *argument) {
    struct verifier *verifier = argument;
    bool is_outside;
    while (!atomic_load(verifier->is_over)) {
        assert_int_equal(verdict_of(verifier->keys, verifier->token, &is_outside), JWT_OK);
        atomic_fetch_add(verifier->verified_n, 1);
    }
    return NULL;
}

/* Reloads under the hands of whoever verifies: no token is refused meanwhile. */
static void test_a_reload_disturbs_nobody(void **state) {
    (void)state;
    char dir[] = "/tmp/pf_token_keys_XXXXXX", command[512], error[256];
    struct token_keys *keys;
    struct strbuf text;
    struct uuid id = {{1}};
    int64_t expires_ms;
    atomic_bool is_over;
    atomic_uint verified_n;
    pthread_t threads[VERIFIERS];
    struct verifier verifier = {.is_over = &is_over, .verified_n = &verified_n};
    atomic_init(&is_over, false);
    atomic_init(&verified_n, 0);
    assert_non_null(mkdtemp(dir));
    struct config config = base_config;
    config.key_dir = dir;
    assert_int_equal(token_keys_create(&config, &test_clock, &keys, error, sizeof error), STATUS_OK);
    strbuf_init(&text);
    assert_int_equal(token_keys_issue(keys, &id, &id, &text, &expires_ms), STATUS_OK);
    verifier.keys = keys;
    verifier.token = strbuf_text(&text);
    for (size_t i = 0; i < VERIFIERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_until_over, &verifier), 0);
    for (unsigned reloads_n = 0; reloads_n < 20 || atomic_load(&verified_n) < 50; reloads_n++) {
        unsigned before = token_keys_generation(keys);
        token_keys_reload(keys);
        assert_int_equal(token_keys_generation(keys), before + 1);
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < VERIFIERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    token_keys_destroy(&keys);
    strbuf_fini(&text);
    (void)snprintf(command, sizeof command, "rm -r '%s'", dir);
    assert_int_equal(system(command), 0);
}

static void test_settings_that_do_not_fit(void **state) {
    (void)state;
    static char long_text[JWT_CLAIM_MAX + 2];
    memset(long_text, 'x', sizeof long_text - 1);
    const struct {
        const char *name, *jwt_issuer, *jwt_audience, *secret, *url, *issuer, *audience;
    } rows[] = {
        {"JWT_ISSUER", "", "a", "", "", "", ""},
        {"JWT_ISSUER", long_text, "a", "", "", "", ""},
        {"JWT_AUDIENCE", "i", "", "", "", "", ""},
        {"JWT_HS256_SECRET", "i", "a", "short", "", "", ""},
        {"JWKS_URL", "i", "a", "", "", "https://login.example", ""},
        {"JWKS_URL", "i", "a", "", "http://login.example/keys", "x", "y"},
        {"ISSUER", "i", "a", "", "https://login.example/keys", "", ""},
        {"AUDIENCE", "i", "a", "", "https://login.example/keys", "x", ""},
        {"JWT_ISSUER", "i", "a", "", "https://login.example/keys", "i", "y"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char error[256] = "";
        struct token_keys *keys = NULL;
        struct config config = base_config;
        config.jwt_issuer = rows[i].jwt_issuer;
        config.jwt_audience = rows[i].jwt_audience;
        config.jwt_hs256_secret = rows[i].secret;
        config.jwks_url = rows[i].url;
        config.issuer = rows[i].issuer;
        config.audience = rows[i].audience;
        assert_row(token_keys_check(&config, error, sizeof error) == STATUS_INVALID, rows[i].name);
        assert_row(strstr(error, rows[i].name) != NULL, rows[i].name);
        assert_int_equal(token_keys_create(&config, &test_clock, &keys, error, sizeof error), STATUS_INVALID);
        assert_null(keys);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ours_are_issued_and_known), cmocka_unit_test(test_another_process_does_not_know_them),
        cmocka_unit_test(test_the_provider_s_are_taken),  cmocka_unit_test(test_issuers_are_not_mixed_up),
        cmocka_unit_test(test_a_stolen_name_is_ours),     cmocka_unit_test(test_a_reload_disturbs_nobody),
        cmocka_unit_test(test_settings_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
