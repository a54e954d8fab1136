/* JSON Web Tokens in the compact form of JWS (RFC 7515, 7519), read strictly and
 * only as far as access tokens go. Reading takes two steps, so that nothing of the
 * payload is looked at before its signature holds: jwt_read tells which key and
 * algorithm the token claims; the caller finds the key; jwt_verify judges.
 *
 * Refused: more or fewer than three parts, padding, stray bits, more than
 * JWT_TEXT_MAX, duplicate members, nesting as json_exact does, no kid, an algorithm
 * other than the key's, `crit`, a typ that is not JWT or at+jwt. Members like jwk,
 * jku, x5u, x5c are passed over: a key never comes with the token. Thread: any;
 * pure; fuzzed. */
#ifndef PF_IDENTITY_JWT_H
#define PF_IDENTITY_JWT_H

#include "base/strbuf.h"
#include "identity/jwt_key.h"

#define JWT_TEXT_MAX 8192
#define JWT_CLAIM_MAX 255 /* bytes of iss, sub, sid, jti, aud */
#define JWT_EMAIL_MAX 320
#define JWT_LEEWAY_S 5 /* clocks differ */

enum jwt_verdict {
    JWT_OK,
    JWT_MALFORMED,
    JWT_UNKNOWN_KEY, /* no key of that name */
    JWT_WRONG_ALGORITHM,
    JWT_BAD_SIGNATURE,
    JWT_WRONG_ISSUER,
    JWT_WRONG_AUDIENCE,
    JWT_NOT_YET_VALID, /* nbf or iat are to come */
    JWT_EXPIRED,       /* and all else is well */
    JWT_KEYS_AWAY,     /* the outside provider's keys are being fetched: ask again */
    JWT_NO_MEMORY,
    JWT_VERDICTS_N
};

const char *jwt_verdict_text(enum jwt_verdict verdict); /* "expired", …: for logs */

/* A token taken apart. Points into the text that was read. */
struct jwt {
    enum jwt_algorithm algorithm;
    char kid[JWT_KID_MAX + 1];
    const char *text;
    size_t signed_len; /* header, dot, payload */
    size_t payload_at;
    uint8_t signature[JWT_SIGNATURE_MAX];
    size_t signature_len;
};

/* What a token says. Times are seconds of unix time; 0: not said (never expires_s). */
struct jwt_claims {
    char issuer[JWT_CLAIM_MAX + 1];
    char subject[JWT_CLAIM_MAX + 1];
    char session[JWT_CLAIM_MAX + 1];  /* sid; "": not said */
    char token_id[JWT_CLAIM_MAX + 1]; /* jti; "": not said */
    char email[JWT_EMAIL_MAX + 1];    /* "": not said */
    bool is_email_verified;
    int64_t issued_s, not_before_s, expires_s;
    char kid[JWT_KID_MAX + 1]; /* of the key that verified it; jwt_sign takes its own */
};

struct jwt_expectation {
    const char *issuer, *audience; /* exactly these; aud may be a list that has it */
    int64_t now_s;
};

PF_MUST_CHECK enum jwt_verdict jwt_read(const char *text, size_t len, struct jwt *ret_jwt);
/* *key: found by jwt->kid. */
PF_MUST_CHECK enum jwt_verdict jwt_verify(const struct jwt *jwt, const struct jwt_key *key,
                                          const struct jwt_expectation *expectation, struct jwt_claims *ret_claims);
/* Appends the token. Claims that are "" or 0 are left out. STATUS_OUT_OF_RANGE: they
 * make it longer than JWT_TEXT_MAX. */
PF_MUST_CHECK enum status jwt_sign(const struct jwt_key *key, const struct jwt_claims *claims, const char *audience,
                                   struct strbuf *out);

#endif
