/* Growable text. A failed allocation sets `failed` and makes the later
 * appends no-ops, so a writer checks once, at the end (strbuf_status).
 * Thread: the owner's. */
#ifndef PF_BASE_STRBUF_H
#define PF_BASE_STRBUF_H

#include "base/decimal.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct strbuf {
    char *data; /* not NUL-terminated, see strbuf_text */
    size_t len, capacity;
    bool failed;
};

void strbuf_init(struct strbuf *buf);
void strbuf_fini(struct strbuf *buf);
void strbuf_clear(struct strbuf *buf); /* keeps the memory */
/* What strbuf_reserve does when there is no room. */
char *strbuf_grow(struct strbuf *buf, size_t n);
/* Room for `n` more bytes: a pointer to write at, or NULL (and failed). Who
 * writes much reserves once, for the longest it can be, writes by the pointer
 * alone, and sets `len` to where it came (strbuf_end). */
static inline char *strbuf_reserve(struct strbuf *buf, size_t n) {
    return buf->capacity - buf->len >= n && buf->data && !buf->failed ? buf->data + buf->len : strbuf_grow(buf, n);
}
static inline void strbuf_end(struct strbuf *buf, const char *end) {
    buf->len = (size_t)(end - buf->data);
}
static inline void strbuf_append(struct strbuf *buf, const char *bytes, size_t len) {
    char *at = len ? strbuf_reserve(buf, len) : NULL;
    if (!at)
        return;
    memcpy(at, bytes, len);
    buf->len += len;
}
void strbuf_append_text(struct strbuf *buf, const char *text); /* NUL-terminated */
static inline void strbuf_append_char(struct strbuf *buf, char c) {
    strbuf_append(buf, &c, 1);
}
void strbuf_append_u64(struct strbuf *buf, uint64_t value);
void strbuf_append_i64(struct strbuf *buf, int64_t value);
void strbuf_append_decimal(struct strbuf *buf, int64_t e8);
void strbuf_append_amount(struct strbuf *buf, struct amount amount);
void strbuf_append_percent(struct strbuf *buf, struct percent percent);
void strbuf_append_timestamp(struct strbuf *buf, int64_t ms);
void strbuf_append_date(struct strbuf *buf, int32_t days);
/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void strbuf_append_json_string(struct strbuf *buf, const char *bytes, size_t len);
void strbuf_printf(struct strbuf *buf, const char *format, ...) PF_PRINTF(2, 3);
/* NUL-terminated text, or "" after a failure; valid until the next change. */
const char *strbuf_text(struct strbuf *buf);
/* STATUS_OK or STATUS_NO_MEMORY. */
PF_MUST_CHECK enum status strbuf_status(const struct strbuf *buf);

#define STRBUF_LITERAL(buf, literal) strbuf_append((buf), "" literal "", sizeof(literal) - 1)

#endif
