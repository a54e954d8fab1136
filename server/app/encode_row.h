/* The members of a row and of the totals as JSON. Each member is written with
 * a comma in front; members_close turns the first comma into the brace, so
 * that no writer needs to know whether it is the first. Thread: L. */
#ifndef PF_APP_ENCODE_ROW_H
#define PF_APP_ENCODE_ROW_H

#include "app/encode_memory.h"
#include "base/strbuf.h"
#include "domain/portfolio.h"
#include "protocol/fields.h"

/* What a quote's price moves in a row, and what its details do. */
#define FIELDS_ROW_PRICE                                                                                               \
    ((field_mask)(FIELD_CURRENT_PRICE | FIELD_CURRENT_VALUE | FIELD_GAIN_LOSS | FIELD_GAIN_LOSS_PERCENT |              \
                  FIELD_DAY_CHANGE | FIELD_DAY_CHANGE_PERCENT | FIELD_PRICE_AS_OF))
#define FIELDS_ROW_DETAILS ((field_mask)(FIELD_CURRENCY | FIELD_PREVIOUS_CLOSE | FIELD_STALE))

/* Closes an object whose members began at `start`: "{…}", or "{}" when there are none. */
void members_close(struct strbuf *out, size_t start);

/* `,"AAPL":{…}` with the members of `members`. with_nulls: null for each of
 * them that the row does not have (a patch), else they are left out.
 * `memory` may be NULL. */
void row_append(struct strbuf *out, struct encode_memory *memory, const struct portfolio *portfolio,
                const struct position *position, const struct price_book_entry *entry, field_mask members,
                bool with_nulls);
/* `,"AAPL":null`: no longer held. */
void row_append_gone(struct strbuf *out, const struct price_book_entry *entry);

void totals_append_members(struct strbuf *out, const struct totals *totals, field_mask members, bool with_nulls);

#endif
