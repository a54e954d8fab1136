/* The names that `fields` may select, as bits. A name selects in rows and in
 * totals wherever it stands. Thread: any; pure. */
#ifndef PF_PROTOCOL_FIELDS_H
#define PF_PROTOCOL_FIELDS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* X(ID, "name", in a position?, in the totals?). New ones go to the end: cursors
 * that clients have kept name the others by their places. */
/* clang-format off */
#define PF_FIELDS(X) \
    X(TICKER_SYMBOL, "ticker_symbol", 1, 0) \
    X(QUANTITY, "quantity", 1, 0) \
    X(AVERAGE_COST, "average_cost", 1, 0) \
    X(COST_BASIS, "cost_basis", 1, 1) \
    X(CURRENCY, "currency", 1, 0) \
    X(CURRENT_PRICE, "current_price", 1, 0) \
    X(PREVIOUS_CLOSE, "previous_close", 1, 0) \
    X(CURRENT_VALUE, "current_value", 1, 0) \
    X(GAIN_LOSS, "gain_loss", 1, 1) \
    X(GAIN_LOSS_PERCENT, "gain_loss_percent", 1, 1) \
    X(DAY_CHANGE, "day_change", 1, 1) \
    X(DAY_CHANGE_PERCENT, "day_change_percent", 1, 1) \
    X(PRICE_AS_OF, "price_as_of", 1, 0) \
    X(STALE, "stale", 1, 0) \
    X(TOTAL_VALUE, "total_value", 0, 1) \
    X(CASH_BALANCE, "cash_balance", 0, 1) \
    X(UNPRICED, "unpriced", 0, 1) \
    X(FX_RATE, "fx_rate", 1, 0) \
    X(COST_BASIS_BASE, "cost_basis_base", 1, 0) \
    X(CURRENT_VALUE_BASE, "current_value_base", 1, 0) \
    X(GAIN_LOSS_BASE, "gain_loss_base", 1, 0) \
    X(GAIN_LOSS_PERCENT_BASE, "gain_loss_percent_base", 1, 0) \
    X(DAY_CHANGE_BASE, "day_change_base", 1, 0) \
    X(DAY_CHANGE_PERCENT_BASE, "day_change_percent_base", 1, 0)
/* clang-format on */

enum field_index {
#define X(id, name, in_position, in_totals) FIELD_INDEX_##id,
    PF_FIELDS(X)
#undef X
        FIELDS_N
};

/* A set of fields: FIELD_<ID> bits. */
typedef uint32_t field_mask;
enum {
#define X(id, name, in_position, in_totals) FIELD_##id = 1u << FIELD_INDEX_##id,
    PF_FIELDS(X)
#undef X
};
enum {
#define X(id, name, in_position, in_totals) | ((in_position) ? FIELD_##id : 0)
    FIELDS_POSITION = 0 PF_FIELDS(X),
#undef X
#define X(id, name, in_position, in_totals) | ((in_totals) ? FIELD_##id : 0)
    FIELDS_TOTALS = 0 PF_FIELDS(X),
#undef X
    FIELDS_ALL = (1u << FIELDS_N) - 1
};

/* STATUS_NOT_FOUND for a name that is none of them. */
PF_MUST_CHECK enum status field_find(const char *name, size_t len, field_mask *ret_bit);
const char *field_name(enum field_index index);

#endif
