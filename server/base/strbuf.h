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
/* Room for `n` more bytes: a pointer to write at, or NULL (and failed). */
char *strbuf_reserve(struct strbuf *buf, size_t n);
void strbuf_append(struct strbuf *buf, const char *bytes, size_t len);
void strbuf_append_text(struct strbuf *buf, const char *text); /* NUL-terminated */
void strbuf_append_char(struct strbuf *buf, char c);
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
