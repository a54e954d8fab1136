/* Lots that stand for what splits added. Refuses nothing but memory it cannot
 * have. Thread: any. */
#include "domain/holdings_split.h"

#include <stdlib.h>
#include <string.h>

/* The quantity of a lot after the splits up to a date; past the bound, one past it. */
static int64_t quantity_on(struct quantity quantity, int32_t purchase_date, const struct split *splits, size_t splits_n,
                           int32_t date) {
    struct split_ratio ratio;
    struct quantity after;
    if (split_ratio_between(splits, splits_n, purchase_date, date, &ratio) != STATUS_OK ||
        split_apply(quantity, ratio, &after) != STATUS_OK)
        return DECIMAL_MAX_E8 + 1;
    return after.e8;
}

struct quantity lot_split(struct quantity quantity, int32_t purchase_date, const struct split *splits,
                          size_t splits_n) {
    return (struct quantity){quantity_on(quantity, purchase_date, splits, splits_n, INT32_MAX)};
}

/* What splits[i] added to all of the lots together. */
static int128 added_by(const struct holdings_lot *lots, size_t lots_n, const struct split *splits, size_t splits_n,
                       size_t i) {
    int128 added = 0;
    for (size_t at = 0; at < lots_n && lots[at].purchase_date < splits[i].date; at++) {
        const struct holdings_lot *lot = &lots[at];
        added += quantity_on(lot->quantity, lot->purchase_date, splits, splits_n, splits[i].date);
        added -= quantity_on(lot->quantity, lot->purchase_date, splits, splits_n, splits[i].date - 1);
    }
    return added;
}

/* A lot's quantity has 64 bits: what is past the bound anyway is cut to it. */
static int64_t bounded(int128 added, int128 sum) {
    if (added > DECIMAL_MAX_E8)
        return DECIMAL_MAX_E8;
    return (int64_t)(sum + added < 1 ? 1 - sum : added);
}

static int128 quantity_sum(const struct holdings_lot *lots, size_t lots_n, int32_t before) {
    int128 sum = 0;
    for (size_t i = 0; i < lots_n && lots[i].purchase_date < before; i++)
        sum += lots[i].quantity.e8;
    return sum;
}

/* Writes the lots of a position, and those of its splits, in the order of their dates. */
static size_t position_write(const struct holdings_lot *lots, size_t lots_n, const struct position_splits *of,
                             struct holdings_lot *out, size_t *from) {
    size_t n = 0, taken = 0;
    int128 added_before = 0;
    for (size_t i = 0; i < of->splits_n; i++) {
        int32_t date = of->splits[i].date;
        for (; taken < lots_n && lots[taken].purchase_date < date; taken++, n++) {
            out[n] = lots[taken];
            from[n] = taken;
        }
        int128 sum = quantity_sum(lots, lots_n, date) + added_before;
        int64_t added = taken == 0 ? 0 : bounded(added_by(lots, lots_n, of->splits, of->splits_n, i), sum);
        if (added == 0)
            continue;
        added_before += added;
        from[n] = SIZE_MAX;
        out[n++] = (struct holdings_lot){.quantity = {added}, .purchase_date = date};
    }
    for (; taken < lots_n; taken++, n++) {
        out[n] = lots[taken];
        from[n] = taken;
    }
    return n;
}

/* Each lot's rate goes with it; what splits added cost nothing, at any rate. */
static void rates_write(const struct price *fx_rates, const size_t *from, size_t n, struct price *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = from[i] == SIZE_MAX ? (struct price){DECIMAL_ONE} : fx_rates[from[i]];
}

/* The splits, all in one array, and where each position's begin. */
static void splits_write(struct holdings *holdings, const struct position_splits *of, size_t n, struct split *splits) {
    size_t written_n = 0;
    for (size_t i = 0; i < n; i++) {
        struct holdings_position *position = &holdings->positions[of[i].position];
        position->splits_first = written_n;
        position->splits_n = of[i].splits_n;
        for (size_t at = 0; at < of[i].splits_n; at++)
            splits[written_n++] = of[i].splits[at];
    }
    holdings->splits = splits;
    holdings->splits_n = written_n;
}

enum status holdings_split(struct holdings *holdings, const struct position_splits *of, size_t n) {
    size_t splits_n = 0, written_n = 0;
    for (size_t i = 0; i < n; i++)
        splits_n += of[i].splits_n;
    size_t room_n = holdings->lots_n + splits_n;
    struct holdings_lot *lots = calloc(room_n + 1, sizeof *lots);
    size_t *from = calloc(room_n + 1, sizeof *from);
    struct price *fx_rates = calloc(room_n + 1, sizeof *fx_rates);
    struct split *splits = calloc(splits_n + 1, sizeof *splits);
    const struct position_splits none = {0};
    if (!lots || !from || !fx_rates || !splits) {
        free(lots);
        free(from);
        free(fx_rates);
        free(splits);
        return STATUS_NO_MEMORY;
    }
    for (size_t i = 0, next = 0; i < holdings->positions_n; i++) {
        struct holdings_position *position = &holdings->positions[i];
        bool is_split = next < n && of[next].position == i;
        size_t lots_n = position_write(holdings->lots + position->lots_first, position->lots_n,
                                       is_split ? &of[next] : &none, lots + written_n, from + written_n);
        if (holdings->fx_rates)
            rates_write(holdings->fx_rates + position->lots_first, from + written_n, lots_n, fx_rates + written_n);
        next += is_split ? 1 : 0;
        position->lots_first = written_n;
        position->lots_n = lots_n;
        written_n += lots_n;
    }
    for (size_t i = 0; i < written_n; i++)
        holdings->added_lots_n += from[i] == SIZE_MAX ? 1 : 0;
    splits_write(holdings, of, n, splits);
    free(from);
    free(holdings->lots);
    holdings->lots = lots;
    free(holdings->fx_rates ? holdings->fx_rates : fx_rates);
    holdings->fx_rates = holdings->fx_rates ? fx_rates : NULL;
    holdings->lots_n = written_n;
    return STATUS_OK;
}
