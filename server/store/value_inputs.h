/* What the daily values of a portfolio are computed from: its lots by symbol,
 * their splits, closes and exchange rates. Thread: W (blocking). */
#ifndef PF_STORE_VALUE_INPUTS_H
#define PF_STORE_VALUE_INPUTS_H

#include "domain/daily_values.h"
#include "domain/symbol.h"
#include "store/db.h"

struct input_holding {
    struct symbol symbol;
    struct currency currency;
    struct value_holding value; /* its arrays belong to the inputs */
};

struct value_inputs {
    struct currency base_currency;
    int32_t today;
    int32_t first_date;             /* of the first purchase; INT32_MAX: nothing was ever bought */
    struct input_holding *holdings; /* ordered by symbol */
    size_t holdings_n;
    struct dated_price *closes; /* private: what was set last */
    void *memory;               /* private: what the other arrays lie in */
};

/* Lots, splits up to today and all rates; no closes yet. STATUS_NOT_FOUND: no
 * such portfolio. today: the rates and prices that are live now count for it. */
PF_MUST_CHECK enum status value_inputs_load(struct db *db, const struct uuid *portfolio_id, int32_t today,
                                            struct value_inputs **ret_inputs);
/* A symbol by itself, as if held without a lot, in the given currency: for a
 * benchmark. STATUS_NOT_FOUND: it is no asset. */
PF_MUST_CHECK enum status value_inputs_load_symbol(struct db *db, const struct symbol *symbol,
                                                   struct currency base_currency, int32_t today,
                                                   struct value_inputs **ret_inputs);
/* No lots at all: holdings[0] has the rates from one major currency to another, day
 * by day, the live one for `today`. */
PF_MUST_CHECK enum status value_inputs_load_rates(struct db *db, struct currency from, struct currency to,
                                                  int32_t today, struct value_inputs **ret_inputs);
void value_inputs_destroy(struct value_inputs **inputs);

/* Sets the closes of holdings[first, first + n): all of the year of `from` and
 * later, and the last one before it. What was set before is gone. */
PF_MUST_CHECK enum status value_inputs_load_series(struct db *db, struct value_inputs *inputs, size_t first, size_t n,
                                                   int32_t from);
/* Sets the closes of all holdings: the last one on or before each of two days,
 * and, when the second is today, the live price if there is a fresh one. */
PF_MUST_CHECK enum status value_inputs_load_ends(struct db *db, struct value_inputs *inputs, int32_t from, int32_t to);

/* Another live price than the one that was loaded with the ends: of holdings[i],
 * of a session not before the last close's and not after today. Thread: any. */
void value_inputs_set_live(struct value_inputs *inputs, size_t i, int32_t session, struct price price);
/* All of it, today, from the ends. Thread: any. */
PF_MUST_CHECK enum status value_inputs_value(const struct value_inputs *inputs, struct daily_value *ret_value);

#endif
