/* What a provider tells of the past: daily bars as traded, splits and
 * dividends, reference rates. It owns growing arrays with a bound.
 * Thread: any; pure. */
#ifndef PF_FEED_PROVIDER_HISTORY_H
#define PF_FEED_PROVIDER_HISTORY_H

#include "base/decimal.h"
#include "domain/symbol.h"

#include <stdbool.h>

#define PROVIDER_HISTORY_MAX 500000 /* rows of a kind in one answer */

struct provider_bar {
    int32_t date;
    int64_t open_e8, high_e8, low_e8, close_e8; /* close > 0; the others 0 = not known */
    int64_t volume_e8;                          /* -1 = not known */
};

enum provider_action_type { PROVIDER_SPLIT, PROVIDER_DIVIDEND, PROVIDER_SPINOFF };

struct provider_action {
    int32_t date; /* from this day on: the ex-date */
    enum provider_action_type type;
    int32_t numerator, denominator; /* of a split: new shares for old ones */
    int64_t value_e8;               /* a dividend's amount a share, as paid; a split's or spin-off's price factor */
};

/* Units of the currency for 1 EUR. */
struct provider_rate {
    int32_t date;
    struct currency currency;
    int64_t per_eur_e8;
};

struct provider_history {
    struct currency currency;  /* "" = the provider does not say */
    struct provider_bar *bars; /* by date once provider_history_finish is done; no date twice */
    size_t bars_n, bars_capacity;
    struct provider_action *actions;
    size_t actions_n, actions_capacity;
    struct provider_rate *rates;
    size_t rates_n, rates_capacity;
    bool has_actions;  /* splits and dividends of these days would be among the actions */
    int32_t next_from; /* there is more: ask again from this day; 0 = that was all */
};

void provider_history_init(struct provider_history *history);
void provider_history_fini(struct provider_history *history);
/* LIMIT above PROVIDER_HISTORY_MAX rows (of actions: 2,000), NO_MEMORY. */
PF_MUST_CHECK enum status provider_history_add_bar(struct provider_history *history, const struct provider_bar *bar);
PF_MUST_CHECK enum status provider_history_add_rate(struct provider_history *history, const struct provider_rate *rate);
PF_MUST_CHECK enum status provider_history_add_dividend(struct provider_history *history, int32_t date,
                                                        int64_t amount_e8);
/* A price factor: a split when it is a simple ratio (split_from_factor), a
 * spin-off otherwise, and nothing when it is 1. */
PF_MUST_CHECK enum status provider_history_add_factor(struct provider_history *history, int32_t date,
                                                      int64_t numerator_e8, int64_t denominator_e8);
/* Adds the actions of another answer. LIMIT, NO_MEMORY: not all of them. */
PF_MUST_CHECK enum status provider_history_add_actions(struct provider_history *history,
                                                       const struct provider_history *more);
/* Prices and dividends that were divided by later factors are multiplied back,
 * volumes divided; `digits` of them count (a 32-bit float's seven; 0 = all).
 * Needs all factors up to today. */
void provider_history_unadjust(struct provider_history *history, int digits);
/* Sorts by date, drops what is outside [from, to], the second of two of one date,
 * and closes and dividends of which absurd factors left nothing. Actions stay when they are announced for a day after
 * `to`, and when they are of the week before `from`: some are told late. */
void provider_history_finish(struct provider_history *history, int32_t from, int32_t to);

#endif
