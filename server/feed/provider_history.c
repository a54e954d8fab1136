/* Histories: gathered row by row, freed of adjustments, brought into order.
 * Refuses more rows than the bound. Thread: any; pure. */
#include "feed/provider_history.h"

#include "domain/split.h"

#include <stdlib.h>
#include <string.h>

#define ACTIONS_LATE_DAYS 7
#define ACTIONS_MAX 2000 /* undoing them is bars times actions */

void provider_history_init(struct provider_history *history) {
    *history = (struct provider_history){0};
}

void provider_history_fini(struct provider_history *history) {
    free(history->bars);
    free(history->actions);
    free(history->rates);
    *history = (struct provider_history){0};
}

/* Room for one more row of `size` bytes; NULL with a status. */
static void *rows_grow(void *rows, size_t n, size_t size, size_t *capacity, enum status *ret_status) {
    *ret_status = STATUS_OK;
    if (n < *capacity)
        return rows;
    if (n >= PROVIDER_HISTORY_MAX) {
        *ret_status = STATUS_LIMIT;
        return NULL;
    }
    size_t wanted = *capacity ? *capacity * 2 : 128;
    void *grown = realloc(rows, wanted * size);
    if (!grown) {
        *ret_status = STATUS_NO_MEMORY;
        return NULL;
    }
    *capacity = wanted;
    return grown;
}

enum status provider_history_add_bar(struct provider_history *history, const struct provider_bar *bar) {
    enum status status;
    struct provider_bar *bars =
        rows_grow(history->bars, history->bars_n, sizeof *bars, &history->bars_capacity, &status);
    if (!bars)
        return status;
    history->bars = bars;
    bars[history->bars_n++] = *bar;
    return STATUS_OK;
}

enum status provider_history_add_rate(struct provider_history *history, const struct provider_rate *rate) {
    enum status status;
    struct provider_rate *rates =
        rows_grow(history->rates, history->rates_n, sizeof *rates, &history->rates_capacity, &status);
    if (!rates)
        return status;
    history->rates = rates;
    rates[history->rates_n++] = *rate;
    return STATUS_OK;
}

static enum status action_add(struct provider_history *history, const struct provider_action *action) {
    enum status status;
    if (history->actions_n >= ACTIONS_MAX)
        return STATUS_LIMIT;
    struct provider_action *actions =
        rows_grow(history->actions, history->actions_n, sizeof *actions, &history->actions_capacity, &status);
    if (!actions)
        return status;
    history->actions = actions;
    actions[history->actions_n++] = *action;
    return STATUS_OK;
}

enum status provider_history_add_actions(struct provider_history *history, const struct provider_history *more) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < more->actions_n && status == STATUS_OK; i++)
        status = action_add(history, &more->actions[i]);
    history->has_actions = history->has_actions || more->has_actions;
    return status;
}

enum status provider_history_add_dividend(struct provider_history *history, int32_t date, int64_t amount_e8) {
    struct provider_action action = {.date = date, .type = PROVIDER_DIVIDEND, .value_e8 = amount_e8};
    return amount_e8 > 0 ? action_add(history, &action) : STATUS_OK;
}

/* ---- ratios ---- */

static int128 rounded_quotient(int128 a, int128 b) {
    return (2 * a + b) / (2 * b);
}

enum status provider_history_add_factor(struct provider_history *history, int32_t date, int64_t numerator_e8,
                                        int64_t denominator_e8) {
    struct provider_action action = {.date = date, .type = PROVIDER_SPLIT};
    if (numerator_e8 <= 0 || denominator_e8 <= 0 || numerator_e8 == denominator_e8)
        return STATUS_OK;
    int128 value = rounded_quotient((int128)numerator_e8 * DECIMAL_ONE, denominator_e8);
    if (value < 1 || value > DECIMAL_MAX_E8)
        return STATUS_OK; /* no share is divided into that many */
    action.value_e8 = (int64_t)value;
    struct split split = {.date = date};
    if (split_from_factor(numerator_e8, denominator_e8, &split) != STATUS_OK)
        action.type = PROVIDER_SPINOFF;
    action.numerator = split.numerator;
    action.denominator = split.denominator;
    return action_add(history, &action);
}

/* ---- adjustments ---- */

/* To so many digits, half away from zero; e8 >= 0. */
static int64_t digits_round(int64_t e8, int digits) {
    int64_t unit = 1, bound = 1;
    for (int i = 0; i < digits; i++)
        bound *= 10;
    if (digits == 0)
        return e8;
    while (e8 / unit >= bound)
        unit *= 10;
    int64_t whole = (e8 + unit / 2) / unit;
    return whole * unit;
}

/* `unknown` when it is more than a price or a volume may be. */
static int64_t scaled(int64_t e8, int64_t numerator, int64_t denominator, int digits, int64_t unknown) {
    int128 value = rounded_quotient((int128)e8 * numerator, denominator);
    return value <= DECIMAL_MAX_E8 ? digits_round((int64_t)value, digits) : unknown;
}

/* The exact ratio where there is one: 4.0 as 4:1. */
static void factor_of(const struct provider_action *action, int64_t *ret_numerator, int64_t *ret_denominator) {
    bool is_split = action->type == PROVIDER_SPLIT;
    *ret_numerator = is_split ? action->numerator : action->value_e8;
    *ret_denominator = is_split ? action->denominator : DECIMAL_ONE;
}

static void bar_unadjust(struct provider_bar *bar, int64_t numerator, int64_t denominator, int digits) {
    bar->open_e8 = scaled(bar->open_e8, numerator, denominator, digits, 0);
    bar->high_e8 = scaled(bar->high_e8, numerator, denominator, digits, 0);
    bar->low_e8 = scaled(bar->low_e8, numerator, denominator, digits, 0);
    bar->close_e8 = scaled(bar->close_e8, numerator, denominator, digits, 0);
    if (bar->volume_e8 >= 0)
        bar->volume_e8 = scaled(bar->volume_e8, denominator, numerator, 0, -1);
}

static int action_compare(const void *a, const void *b) {
    const struct provider_action *x = a, *y = b;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return (x->type > y->type) - (x->type < y->type);
}

void provider_history_unadjust(struct provider_history *history, int digits) {
    if (history->actions_n > 0)
        qsort(history->actions, history->actions_n, sizeof *history->actions, action_compare);
    for (size_t i = 0; i < history->actions_n; i++) {
        const struct provider_action *action = &history->actions[i];
        int64_t numerator, denominator;
        if (action->type == PROVIDER_DIVIDEND)
            continue;
        factor_of(action, &numerator, &denominator);
        for (size_t bar = 0; bar < history->bars_n; bar++) {
            if (history->bars[bar].date < action->date)
                bar_unadjust(&history->bars[bar], numerator, denominator, digits);
        }
        for (size_t at = 0; at < i; at++) {
            struct provider_action *dividend = &history->actions[at];
            if (dividend->type == PROVIDER_DIVIDEND && dividend->date < action->date)
                dividend->value_e8 = scaled(dividend->value_e8, numerator, denominator, digits, 0);
        }
    }
}

/* ---- order ---- */

static int bar_compare(const void *a, const void *b) {
    const struct provider_bar *x = a, *y = b;
    return (x->date > y->date) - (x->date < y->date);
}

static int rate_compare(const void *a, const void *b) {
    const struct provider_rate *x = a, *y = b;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return memcmp(x->currency.code, y->currency.code, sizeof x->currency.code);
}

void provider_history_finish(struct provider_history *history, int32_t from, int32_t to) {
    size_t kept_n = 0;
    if (history->bars_n > 0)
        qsort(history->bars, history->bars_n, sizeof *history->bars, bar_compare);
    for (size_t i = 0; i < history->bars_n; i++) {
        const struct provider_bar *bar = &history->bars[i];
        bool is_twice = kept_n > 0 && history->bars[kept_n - 1].date == bar->date;
        if (bar->date >= from && bar->date <= to && bar->close_e8 > 0 && !is_twice)
            history->bars[kept_n++] = *bar;
    }
    history->bars_n = kept_n;
    kept_n = 0;
    if (history->actions_n > 0)
        qsort(history->actions, history->actions_n, sizeof *history->actions, action_compare);
    for (size_t i = 0; i < history->actions_n; i++) {
        const struct provider_action *action = &history->actions[i];
        bool is_twice = kept_n > 0 && action_compare(&history->actions[kept_n - 1], action) == 0;
        if (action->date >= from - ACTIONS_LATE_DAYS && action->value_e8 > 0 && !is_twice)
            history->actions[kept_n++] = *action;
    }
    history->actions_n = kept_n;
    kept_n = 0;
    if (history->rates_n > 0)
        qsort(history->rates, history->rates_n, sizeof *history->rates, rate_compare);
    for (size_t i = 0; i < history->rates_n; i++) {
        const struct provider_rate *rate = &history->rates[i];
        bool is_twice = kept_n > 0 && rate_compare(&history->rates[kept_n - 1], rate) == 0;
        if (rate->date >= from && rate->date <= to && !is_twice)
            history->rates[kept_n++] = *rate;
    }
    history->rates_n = kept_n;
}
