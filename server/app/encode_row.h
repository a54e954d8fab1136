/* The members of a row and of the totals as JSON. Each member is written with
 * a comma in front; members_close turns the first comma into the brace, so
 * that no writer needs to know whether it is the first. Thread: L. */
#ifndef PF_APP_ENCODE_ROW_H
#define PF_APP_ENCODE_ROW_H

#include "app/encode.h"

/* What a quote's price moves in a row, and what its details do. */
#define FIELDS_ROW_PRICE                                                                                               \
    ((field_mask)(FIELD_CURRENT_PRICE | FIELD_CURRENT_VALUE | FIELD_GAIN_LOSS | FIELD_GAIN_LOSS_PERCENT |              \
                  FIELD_DAY_CHANGE | FIELD_DAY_CHANGE_PERCENT | FIELD_PRICE_AS_OF))
#define FIELDS_ROW_DETAILS ((field_mask)(FIELD_CURRENCY | FIELD_PREVIOUS_CLOSE | FIELD_STALE))

/* What either the quote or the rate moves in a row that is in another currency than its portfolio. */
#define FIELDS_ROW_CONVERTED                                                                                           \
    ((field_mask)(FIELD_FX_RATE | FIELD_CURRENT_VALUE_BASE | FIELD_GAIN_LOSS_BASE | FIELD_GAIN_LOSS_PERCENT_BASE |     \
                  FIELD_DAY_CHANGE_BASE | FIELD_DAY_CHANGE_PERCENT_BASE))

/* All that only such a row has. */
#define FIELDS_ROW_TWINS (FIELDS_ROW_CONVERTED | (field_mask)FIELD_COST_BASIS_BASE)

/* Closes an object whose members began at `start`: "{…}", or "{}" when there are none. */
void members_close(struct strbuf *out, size_t start);

/* What is told of the members of `members` that a row does not have. */
enum row_nulls {
    ROW_NULLS_NONE,  /* of a snapshot: they are left out */
    ROW_NULLS_PRICE, /* of a patch after a mere price: null for what that takes away (what is above the bound) */
    ROW_NULLS_ALL    /* of a patch: null for each */
};

/* `,"AAPL":{…}` with the members of `members`. */
void row_append(struct strbuf *out, const struct encode_context *context, const struct portfolio *portfolio,
                const struct position *position, const struct price_book_entry *entry, field_mask members,
                enum row_nulls nulls);
/* `,"AAPL":null`: no longer held. */
void row_append_gone(struct strbuf *out, const struct price_book_entry *entry);

void totals_append_members(struct strbuf *out, const struct totals *totals, field_mask members, bool with_nulls);

#endif
