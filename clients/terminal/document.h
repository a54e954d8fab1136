/* The state document of one portfolio: what snapshots put there and merge patches
 * (RFC 7396) change. Its numbers keep their exact text (protocol/json_exact.h).
 * Bounds: DOCUMENT_BYTES_MAX of text, however many patches add to it.
 * Thread: one; pure; fuzzed with the follower. */
#ifndef PF_TERMINAL_DOCUMENT_H
#define PF_TERMINAL_DOCUMENT_H

#include "base/status.h"
#include "base/strbuf.h"

#include <jansson.h>

#define DOCUMENT_BYTES_MAX ((size_t)16 * 1024 * 1024)

struct document {
    json_t *data;         /* an object; NULL: there is none */
    size_t patched_bytes; /* of patches since it was measured */
};

void document_init(struct document *document);
void document_fini(struct document *document);
void document_clear(struct document *document);

/* Takes `data` over as it is. INVALID: not an object. LIMIT: too large. */
PF_MUST_CHECK enum status document_replace(struct document *document, json_t *data);
/* patch_bytes: how long the patch was as text. INVALID: the patch is no object, or
 * there is no document. After NO_MEMORY or LIMIT the document is half patched: clear it. */
PF_MUST_CHECK enum status document_patch(struct document *document, const json_t *patch, size_t patch_bytes);

/* Any value as JSON text, numbers as they came. What a terminal could take for a
 * command stands there as \uXXXX, which is the same JSON. */
void document_write(struct strbuf *out, const json_t *value);
/* A string alone; bytes that are no UTF-8 become U+FFFD. */
void document_write_text(struct strbuf *out, const char *bytes, size_t len);

/* A member's text when it is a string, or a number; else NULL. object may be anything, NULL too. */
const char *document_string(const json_t *object, const char *name);
const char *document_number(const json_t *object, const char *name);

#endif
