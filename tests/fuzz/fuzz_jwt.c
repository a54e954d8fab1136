/* A token as somebody sends it; or, behind an 's', a header, a line feed and a
 * payload, which are signed here, so that the claims are reached too. What is read
 * has one spelling; what is taken says what was expected, and reads the same when
 * it is signed again. */
#include "fuzz.h"
#include "identity/base64url.h"
#include "identity/jwt.h"

#include <string.h>

static const struct jwt_expectation expectation = {
    .issuer = "portfoliod", .audience = "portfolio", .now_s = 1800000000};

static struct jwt_key *shared_key(void) {
    static const char secret[] = "0123456789abcdef0123456789abcdef";
    struct jwt_key *key;
    FUZZ_CHECK(jwt_key_from_secret(secret, sizeof secret - 1, &key) == STATUS_OK);
    return key;
}

static struct jwt_key *public_key(void) {
    uint8_t x[32], y[32];
    size_t len;
    struct jwt_key *key;
    FUZZ_CHECK(base64url_decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", 43, x, sizeof x, &len) == STATUS_OK);
    FUZZ_CHECK(base64url_decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", 43, y, sizeof y, &len) == STATUS_OK);
    FUZZ_CHECK(jwt_key_from_point(JWT_ES256, JWT_HS256_KID, x, y, 32, &key) == STATUS_OK);
    return key;
}

static void check_spelling(const struct jwt *jwt, const char *text, size_t len) {
    struct strbuf signature;
    size_t dots_n = 0;
    for (size_t i = 0; i < len; i++)
        dots_n += text[i] == '.';
    FUZZ_CHECK(dots_n == 2 && len <= JWT_TEXT_MAX);
    FUZZ_CHECK(jwt->kid[0] && strlen(jwt->kid) <= JWT_KID_MAX);
    FUZZ_CHECK(jwt->payload_at <= jwt->signed_len && jwt->signed_len < len && text[jwt->signed_len] == '.');
    strbuf_init(&signature);
    base64url_append(&signature, jwt->signature, jwt->signature_len);
    FUZZ_CHECK(signature.len == len - jwt->signed_len - 1);
    FUZZ_CHECK(signature.len == 0 || memcmp(signature.data, text + jwt->signed_len + 1, signature.len) == 0);
    strbuf_fini(&signature);
}

static void check_claims(const struct jwt_key *key, const struct jwt_claims *claims) {
    struct strbuf text;
    struct jwt jwt;
    struct jwt_claims again;
    FUZZ_CHECK(strcmp(claims->issuer, expectation.issuer) == 0);
    FUZZ_CHECK(claims->subject[0] && claims->expires_s > expectation.now_s - JWT_LEEWAY_S);
    FUZZ_CHECK(claims->issued_s >= 0 && claims->not_before_s <= expectation.now_s + JWT_LEEWAY_S);
    strbuf_init(&text);
    enum status status = jwt_sign(key, claims, expectation.audience, &text);
    if (status == STATUS_OUT_OF_RANGE) { /* escaped, they are longer than what was read */
        strbuf_fini(&text);
        return;
    }
    FUZZ_CHECK(status == STATUS_OK);
    FUZZ_CHECK(jwt_read(text.data, text.len, &jwt) == JWT_OK);
    FUZZ_CHECK(jwt_verify(&jwt, key, &expectation, &again) == JWT_OK);
    FUZZ_CHECK(strcmp(claims->subject, again.subject) == 0 && strcmp(claims->session, again.session) == 0);
    FUZZ_CHECK(strcmp(claims->token_id, again.token_id) == 0 && strcmp(claims->email, again.email) == 0);
    FUZZ_CHECK(claims->is_email_verified == again.is_email_verified);
    FUZZ_CHECK(claims->issued_s == again.issued_s && claims->not_before_s == again.not_before_s &&
               claims->expires_s == again.expires_s);
    strbuf_fini(&text);
}

static void judge(const char *text, size_t len) {
    struct jwt jwt;
    struct jwt_claims claims;
    if (jwt_read(text, len, &jwt) != JWT_OK)
        return;
    check_spelling(&jwt, text, len);
    struct jwt_key *shared = shared_key(), *public = public_key();
    if (jwt_verify(&jwt, shared, &expectation, &claims) == JWT_OK)
        check_claims(shared, &claims);
    FUZZ_CHECK(jwt_verify(&jwt, public, &expectation, &claims) != JWT_OK); /* nobody has its private half */
    jwt_key_unref(&shared);
    jwt_key_unref(&public);
}

/* The token of a header and a payload, signed. */
static void judge_signed(const char *bytes, size_t len) {
    const char *line_end = memchr(bytes, '\n', len);
    size_t header_len = line_end ? (size_t)(line_end - bytes) : len;
    struct strbuf text;
    uint8_t signature[JWT_SIGNATURE_MAX];
    size_t signature_len;
    struct jwt_key *key = shared_key();
    strbuf_init(&text);
    base64url_append(&text, bytes, header_len);
    strbuf_append_char(&text, '.');
    if (line_end)
        base64url_append(&text, line_end + 1, len - header_len - 1);
    FUZZ_CHECK(jwt_key_sign(key, text.data, text.len, signature, &signature_len) == STATUS_OK);
    strbuf_append_char(&text, '.');
    base64url_append(&text, signature, signature_len);
    judge(text.data, text.len);
    strbuf_fini(&text);
    jwt_key_unref(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 0 && data[0] == 's')
        judge_signed((const char *)data + 1, size - 1);
    else
        judge((const char *)data, size);
    return 0;
}
