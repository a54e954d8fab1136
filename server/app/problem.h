/* A problem document (RFC 7807) in the making: one code, a detail, and all the
 * fields that are wrong at once. Bounded. Thread: any; pure. */
#ifndef PF_APP_PROBLEM_H
#define PF_APP_PROBLEM_H

#include "base/strbuf.h"
#include "protocol/errors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many wrong fields fit into the value itself, which is enough for every body without a list; with more, memory is
 * taken for as many as are told at all. What is past that is counted. */
#define PROBLEM_FIELDS_INLINE 16
#define PROBLEM_FIELDS_MAX 1024

struct problem_field {
    char field[40];
    enum error_code code;
    char detail[200];
};

struct problem {
    enum error_code code; /* ERROR_NONE: nothing is wrong (yet) */
    int http_status;      /* 0: the code's */
    char detail[240];
    struct problem_field fields[PROBLEM_FIELDS_INLINE]; /* the first ones */
    struct problem_field *more;                         /* those after them; NULL: none */
    size_t fields_n;                                    /* all of them, also those that are not kept */
    bool has_dependents;                                /* of a 409: what hangs on it */
    int64_t portfolios_n;
    int64_t investments_n;
    const char *members; /* more of the document, as JSON (,"name":value…); NULL: none */
};

void problem_init(struct problem *problem);
void problem_fini(struct problem *problem);
void problem_set(struct problem *problem, enum error_code code, const char *format, ...) PF_PRINTF(3, 4);
/* The first one sets code and detail of the whole. */
void problem_add_field(struct problem *problem, const char *field, enum error_code code, const char *format, ...)
    PF_PRINTF(4, 5);
int problem_http_status(const struct problem *problem);
void problem_write(const struct problem *problem, const char *request_id, struct strbuf *out);

#endif
