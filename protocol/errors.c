/* The error codes' table, written out. Thread: any; pure. */
#include "protocol/errors.h"

struct error_row {
    const char *code;
    int http_status;
    bool is_retryable;
    const char *title;
};

static const struct error_row rows[ERROR_N] = {
#define X(id, code_, status_, retryable_, title_)                                                                      \
    [ERROR_##id] = {.code = (code_), .http_status = (status_), .is_retryable = (retryable_), .title = (title_)},
    PF_ERRORS(X)
#undef X
};

/* ERROR_NONE in an answer is a bug of the caller's; the peer is told so. */
static const struct error_row *row_of(enum error_code error) {
    if (error <= ERROR_NONE || error >= ERROR_N)
        return &rows[ERROR_INTERNAL];
    return &rows[error];
}

const char *error_code_text(enum error_code error) {
    return row_of(error)->code;
}

int error_http_status(enum error_code error) {
    return row_of(error)->http_status;
}

bool error_is_retryable(enum error_code error) {
    return row_of(error)->is_retryable;
}

const char *error_title(enum error_code error) {
    return row_of(error)->title;
}
