/* Error and close codes of the contract, shared by stream and REST. */
#ifndef PF_PROTOCOL_ERRORS_H
#define PF_PROTOCOL_ERRORS_H

#include "base/status.h"

#include <stdbool.h>

/* X(ID, "code", HTTP status, retryable, "title") */
/* clang-format off */
#define PF_ERRORS(X) \
    X(INVALID_JSON, "invalid_json", 400, false, "The body is not JSON") \
    X(UNKNOWN_TYPE, "unknown_type", 422, false, "Unknown message type") \
    X(INVALID_FIELD, "invalid_field", 422, false, "A field is not valid") \
    X(MISSING_FIELD, "missing_field", 422, false, "A required field is missing") \
    X(NOT_FOUND, "not_found", 404, false, "Not found") \
    X(ALREADY_SUBSCRIBED, "already_subscribed", 409, false, "Already subscribed") \
    X(NOT_SUBSCRIBED, "not_subscribed", 409, false, "Not subscribed") \
    X(LIMIT_EXCEEDED, "limit_exceeded", 429, false, "A limit is reached") \
    X(RATE_LIMITED, "rate_limited", 429, true, "Too many requests") \
    X(UNAUTHORIZED, "unauthorized", 401, false, "Not authenticated") \
    X(TOKEN_EXPIRED, "token_expired", 401, false, "The token has expired") \
    X(FORBIDDEN, "forbidden", 403, false, "Not allowed") \
    X(CONFLICT, "conflict", 409, false, "Conflict with what is stored") \
    X(PRECONDITION_FAILED, "precondition_failed", 412, false, "The precondition does not hold") \
    X(TOO_LARGE, "too_large", 413, false, "Too large") \
    X(UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", 415, false, "Unsupported media type") \
    X(METHOD_NOT_ALLOWED, "method_not_allowed", 405, false, "Method not allowed") \
    X(UNAVAILABLE, "unavailable", 503, true, "Temporarily unavailable") \
    X(OUTCOME_UNKNOWN, "outcome_unknown", 503, true, "The outcome of the write is unknown") \
    X(INTERNAL, "internal", 500, false, "Internal error")
/* clang-format on */

enum error_code {
    ERROR_NONE = 0,
#define X(id, code, status, retryable, title) ERROR_##id,
    PF_ERRORS(X)
#undef X
        ERROR_N
};

/* error must not be ERROR_NONE. */
const char *error_code_text(enum error_code error);
int error_http_status(enum error_code error);
bool error_is_retryable(enum error_code error);
const char *error_title(enum error_code error);

enum close_code {
    CLOSE_NORMAL = 1000,
    CLOSE_GOING_AWAY = 1001,
    CLOSE_TOO_LARGE = 1009,
    CLOSE_INTERNAL = 1011,
    CLOSE_RESTART = 1012,
    CLOSE_TRY_LATER = 1013,
    CLOSE_PROTOCOL = 4400,
    CLOSE_UNAUTHORIZED = 4401,
    CLOSE_FORBIDDEN = 4403,
    CLOSE_NO_AUTH = 4408,
    CLOSE_DEAD = 4410,
    CLOSE_TOO_MANY = 4429
};

#endif
