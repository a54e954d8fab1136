/* The client's opaque token: <epoch>-<seq>-<version>[-<fields>], everything a
 * loop needs to say what changed since. Thread: any; pure; fuzzed. */
#ifndef PF_PROTOCOL_CURSOR_H
#define PF_PROTOCOL_CURSOR_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CURSOR_EPOCH_LEN 16
#define CURSOR_TEXT_MAX 80

struct cursor {
    uint64_t seq;                     /* the bus' number, below 2^53 */
    uint64_t version;                 /* the portfolio's */
    uint32_t fields;                  /* field mask; 0 = all */
    char epoch[CURSOR_EPOCH_LEN + 1]; /* 16 lower-case hex digits */
};

PF_MUST_CHECK enum status cursor_parse(const char *text, size_t len, struct cursor *ret_cursor);
/* Writes the text and a NUL into out[CURSOR_TEXT_MAX]; returns its length. */
size_t cursor_write(char *out, const struct cursor *cursor);
bool cursor_equal(const struct cursor *a, const struct cursor *b);

#endif
