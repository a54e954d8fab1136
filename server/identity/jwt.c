/* Reads, judges and writes tokens. Owns nothing. Thread: any; pure; fuzzed. */
#include "identity/jwt.h"

#include "identity/base64url.h"
#include "protocol/json_exact.h"

#include <string.h>
#include <strings.h>

#define TIME_MAX_S INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define PART_MAX (JWT_TEXT_MAX / 4 * 3)
#define AUDIENCES_MAX 32

static const char *const verdict_texts[JWT_VERDICTS_N] = {
    [JWT_OK] = "ok",
    [JWT_MALFORMED] = "malformed",
    [JWT_UNKNOWN_KEY] = "unknown_key",
    [JWT_WRONG_ALGORITHM] = "wrong_algorithm",
    [JWT_BAD_SIGNATURE] = "bad_signature",
    [JWT_WRONG_ISSUER] = "wrong_issuer",
    [JWT_WRONG_AUDIENCE] = "wrong_audience",
    [JWT_NOT_YET_VALID] = "not_yet_valid",
    [JWT_EXPIRED] = "expired",
    [JWT_KEYS_AWAY] = "keys_away",
    [JWT_NO_MEMORY] = "no_memory",
};

const char *jwt_verdict_text(enum jwt_verdict verdict) {
    return verdict_texts[verdict];
}

/* One part as a JSON object; json_decref it. */
static enum jwt_verdict part_parse(const char *text, size_t len, json_t **ret_object) {
    uint8_t bytes[PART_MAX];
    size_t bytes_len;
    char error[128];
    json_t *object;
    if (base64url_decode(text, len, bytes, sizeof bytes, &bytes_len) != STATUS_OK)
        return JWT_MALFORMED;
    enum status status = json_exact_parse_request((const char *)bytes, bytes_len, &object, error, sizeof error);
    if (status != STATUS_OK)
        return status == STATUS_NO_MEMORY ? JWT_NO_MEMORY : JWT_MALFORMED;
    if (!json_is_object(object)) {
        json_decref(object);
        return JWT_MALFORMED;
    }
    *ret_object = object;
    return JWT_OK;
}

/* A member's text into out[0..size); "" when it is not there. False: it is no string, or too long. */
static bool text_member(const json_t *object, const char *name, char *out, size_t size) {
    const json_t *value = json_object_get(object, name);
    size_t len = 0;
    const char *text = value ? json_exact_string(value, &len) : "";
    if (!text || len >= size)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

/* A NumericDate: seconds, a fraction is cut off. 0 when it is not there. */
static bool time_member(const json_t *object, const char *name, int64_t *out) {
    const json_t *value = json_object_get(object, name);
    size_t len = 0, at = 0;
    int64_t seconds = 0;
    *out = 0;
    if (!value)
        return true;
    const char *text = json_exact_number(value, &len);
    if (!text)
        return false;
    for (; at < len && text[at] >= '0' && text[at] <= '9' && seconds <= TIME_MAX_S; at++)
        seconds = seconds * 10 + (text[at] - '0');
    bool is_whole = at == len;
    if (at > 0 && at < len && text[at] == '.')
        is_whole = at + 1 + strspn(text + at + 1, "0123456789") == len;
    if (!is_whole || seconds > TIME_MAX_S || seconds == 0)
        return false;
    *out = seconds;
    return true;
}

/* --- reading --- */

static bool typ_is_taken(const char *typ) {
    return !typ[0] || strcasecmp(typ, "JWT") == 0 || strcasecmp(typ, "at+jwt") == 0 ||
           strcasecmp(typ, "application/at+jwt") == 0;
}

static enum jwt_verdict header_read(const json_t *header, struct jwt *out) {
    char alg[16], typ[64];
    if (json_object_get(header, "crit") || !text_member(header, "typ", typ, sizeof typ) || !typ_is_taken(typ))
        return JWT_MALFORMED;
    if (!text_member(header, "kid", out->kid, sizeof out->kid) || !out->kid[0])
        return JWT_MALFORMED;
    if (!text_member(header, "alg", alg, sizeof alg) || !alg[0])
        return JWT_MALFORMED;
    return jwt_algorithm_parse(alg, strlen(alg), &out->algorithm) == STATUS_OK ? JWT_OK : JWT_WRONG_ALGORITHM;
}

enum jwt_verdict jwt_read(const char *text, size_t len, struct jwt *ret_jwt) {
    struct jwt jwt = {.text = text};
    json_t *header;
    if (len > JWT_TEXT_MAX)
        return JWT_MALFORMED;
    const char *first = memchr(text, '.', len);
    const char *second = first ? memchr(first + 1, '.', len - (size_t)(first + 1 - text)) : NULL;
    if (!second)
        return JWT_MALFORMED;
    jwt.payload_at = (size_t)(first + 1 - text);
    jwt.signed_len = (size_t)(second - text);
    size_t signature_at = jwt.signed_len + 1;
    /* A third dot is no digit, so it is refused with the signature. None is as long as it may be. */
    if (base64url_decode(text + signature_at, len - signature_at, jwt.signature, sizeof jwt.signature,
                         &jwt.signature_len) != STATUS_OK)
        return JWT_MALFORMED;
    enum jwt_verdict verdict = part_parse(text, (size_t)(first - text), &header);
    if (verdict != JWT_OK)
        return verdict;
    verdict = header_read(header, &jwt);
    json_decref(header);
    if (verdict == JWT_OK)
        *ret_jwt = jwt;
    return verdict;
}

/* --- judging --- */

static bool is_text(const json_t *value, const char *expected) {
    size_t len;
    const char *text = json_exact_string(value, &len);
    return text && len == strlen(expected) && memcmp(text, expected, len) == 0;
}

static bool audience_has(const json_t *audience, const char *expected) {
    if (!json_is_array(audience))
        return audience && is_text(audience, expected);
    size_t n = json_array_size(audience);
    bool has = false;
    for (size_t i = 0; i < n && n <= AUDIENCES_MAX; i++)
        has = has || is_text(json_array_get(audience, i), expected);
    return has;
}

static enum jwt_verdict claims_read(const json_t *payload, struct jwt_claims *out) {
    bool is_read = text_member(payload, "iss", out->issuer, sizeof out->issuer) &&
                   text_member(payload, "sub", out->subject, sizeof out->subject) &&
                   text_member(payload, "sid", out->session, sizeof out->session) &&
                   text_member(payload, "jti", out->token_id, sizeof out->token_id) &&
                   text_member(payload, "email", out->email, sizeof out->email) &&
                   time_member(payload, "iat", &out->issued_s) && time_member(payload, "nbf", &out->not_before_s) &&
                   time_member(payload, "exp", &out->expires_s);
    out->is_email_verified = json_is_true(json_object_get(payload, "email_verified"));
    return is_read && out->subject[0] && out->expires_s ? JWT_OK : JWT_MALFORMED;
}

static enum jwt_verdict claims_judge(const json_t *payload, const struct jwt_claims *claims,
                                     const struct jwt_expectation *expectation) {
    if (strcmp(claims->issuer, expectation->issuer) != 0 || !claims->issuer[0])
        return JWT_WRONG_ISSUER;
    if (!audience_has(json_object_get(payload, "aud"), expectation->audience))
        return JWT_WRONG_AUDIENCE;
    int64_t latest = expectation->now_s + JWT_LEEWAY_S;
    if (claims->not_before_s > latest || claims->issued_s > latest)
        return JWT_NOT_YET_VALID;
    return claims->expires_s <= expectation->now_s - JWT_LEEWAY_S ? JWT_EXPIRED : JWT_OK;
}

enum jwt_verdict jwt_verify(const struct jwt *jwt, const struct jwt_key *key, const struct jwt_expectation *expectation,
                            struct jwt_claims *ret_claims) {
    struct jwt_claims claims;
    json_t *payload;
    if (strcmp(jwt->kid, jwt_key_kid(key)) != 0)
        return JWT_UNKNOWN_KEY;
    if (jwt->algorithm != jwt_key_algorithm(key))
        return JWT_WRONG_ALGORITHM;
    if (!jwt_key_verifies(key, jwt->text, jwt->signed_len, jwt->signature, jwt->signature_len))
        return JWT_BAD_SIGNATURE;
    enum jwt_verdict verdict = part_parse(jwt->text + jwt->payload_at, jwt->signed_len - jwt->payload_at, &payload);
    if (verdict != JWT_OK)
        return verdict;
    verdict = claims_read(payload, &claims);
    if (verdict == JWT_OK)
        verdict = claims_judge(payload, &claims, expectation);
    json_decref(payload);
    if (verdict == JWT_OK)
        *ret_claims = claims;
    return verdict;
}

/* --- writing --- */

static void member_begin(struct strbuf *out, const char *name) {
    strbuf_append_char(out, out->len ? ',' : '{');
    strbuf_append_json_string(out, name, strlen(name));
    strbuf_append_char(out, ':');
}

static void text_write(struct strbuf *out, const char *name, const char *text) {
    if (!text[0])
        return;
    member_begin(out, name);
    strbuf_append_json_string(out, text, strlen(text));
}

static void time_write(struct strbuf *out, const char *name, int64_t seconds) {
    if (!seconds)
        return;
    member_begin(out, name);
    strbuf_append_i64(out, seconds);
}

static void payload_write(struct strbuf *out, const struct jwt_claims *claims, const char *audience) {
    text_write(out, "iss", claims->issuer);
    text_write(out, "aud", audience);
    text_write(out, "sub", claims->subject);
    text_write(out, "sid", claims->session);
    text_write(out, "jti", claims->token_id);
    text_write(out, "email", claims->email);
    if (claims->is_email_verified) {
        member_begin(out, "email_verified");
        STRBUF_LITERAL(out, "true");
    }
    time_write(out, "iat", claims->issued_s);
    time_write(out, "nbf", claims->not_before_s);
    time_write(out, "exp", claims->expires_s);
    strbuf_append_char(out, '}');
}

enum status jwt_sign(const struct jwt_key *key, const struct jwt_claims *claims, const char *audience,
                     struct strbuf *out) {
    struct strbuf header, payload, token;
    uint8_t signature[JWT_SIGNATURE_MAX];
    size_t signature_len;
    strbuf_init(&header);
    strbuf_init(&payload);
    strbuf_init(&token);
    text_write(&header, "alg", jwt_algorithm_text(jwt_key_algorithm(key)));
    text_write(&header, "kid", jwt_key_kid(key));
    text_write(&header, "typ", "JWT");
    strbuf_append_char(&header, '}');
    payload_write(&payload, claims, audience);
    enum status status = strbuf_status(&header) == STATUS_OK ? strbuf_status(&payload) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        base64url_append(&token, header.data, header.len);
        strbuf_append_char(&token, '.');
        base64url_append(&token, payload.data, payload.len);
        status = strbuf_status(&token);
    }
    if (status == STATUS_OK)
        status = jwt_key_sign(key, token.data, token.len, signature, &signature_len);
    if (status == STATUS_OK) {
        strbuf_append_char(&token, '.');
        base64url_append(&token, signature, signature_len);
        status = strbuf_status(&token);
    }
    if (status == STATUS_OK && token.len > JWT_TEXT_MAX)
        status = STATUS_OUT_OF_RANGE;
    if (status == STATUS_OK) {
        strbuf_append(out, token.data, token.len);
        status = strbuf_status(out);
    }
    strbuf_fini(&header);
    strbuf_fini(&payload);
    strbuf_fini(&token);
    return status;
}
