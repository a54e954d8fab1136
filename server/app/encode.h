/* A portfolio's state as frames: snapshots and merge-patch deltas, written
 * straight into text, shared through the portfolio's frame cache. The frames'
 * rows and totals are those of the last pass (order rules 2 and 5).
 * Thread: L. */
#ifndef PF_APP_ENCODE_H
#define PF_APP_ENCODE_H

#include "app/encode_memory.h"
#include "app/held_portfolio.h"
#include "base/frame.h"
#include "base/strbuf.h"
#include "protocol/cursor.h"
#include "protocol/fields.h"

/* What encoding needs beside the portfolio. */
struct encode_context {
    const struct price_book *book;
    const char *epoch;            /* 16 hex digits */
    struct encode_memory *memory; /* of the loop; NULL: nothing is kept */
};

/* The cursor of the portfolio's present state. fields: 0 = all. */
void encode_cursor(const struct encode_context *context, const struct held_portfolio *held, field_mask fields,
                   struct cursor *ret_cursor);

/* The cursor that a delta from `base` leads to. It does not lead back: who
 * loaded the portfolio later may have given a client a higher number for the
 * very same state. `ret_cursor` may be `base`. */
void encode_cursor_after(const struct encode_context *context, const struct held_portfolio *held,
                         const struct cursor *base, struct cursor *ret_cursor);

/* *ret_frame is a reference of the caller's. fields: 0 = all. */
PF_MUST_CHECK enum status encode_snapshot(const struct encode_context *context, struct held_portfolio *held,
                                          field_mask fields, struct frame **ret_frame);

/* Everything stamped after `base` (same epoch). *ret_frame is NULL when
 * nothing of it shows and the version is the same: then nothing is sent.
 * is_forced: an answer is owed (a resume), so an empty patch is a frame too. */
PF_MUST_CHECK enum status encode_delta(const struct encode_context *context, struct held_portfolio *held,
                                       const struct cursor *base, bool is_forced, struct frame **ret_frame);

/* The state document's "totals" object, as in a snapshot with all fields. */
void encode_totals(struct strbuf *out, const struct totals *totals);

#endif
