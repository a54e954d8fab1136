/* One holding through its days. Refuses values that do not fit. Thread: any. */
#include "domain/daily_values.h"

/* A purchase without its rate spoils the holding from the beginning: a part of it
 * would be a return that nobody had. */
void value_cursor_init(struct value_cursor *cursor, const struct value_holding *holding) {
    *cursor = (struct value_cursor){.holding = holding};
    for (size_t i = 0; i < holding->lots_n && holding->is_foreign; i++)
        cursor->is_broken = cursor->is_broken || holding->lots[i].rate.e8 == 0;
}

/* The quantity of the lots so far, after the splits so far: each lot rounded once. */
static bool quantity_sum(const struct value_cursor *cursor, int32_t date, struct quantity *ret_quantity) {
    const struct value_holding *holding = cursor->holding;
    struct quantity sum = {0};
    for (size_t i = 0; i < cursor->lots_i; i++) {
        const struct value_lot *lot = &holding->lots[i];
        struct split_ratio ratio;
        struct quantity quantity = lot->quantity;
        if (cursor->splits_i > 0 &&
            (split_ratio_between(holding->splits, holding->splits_n, lot->purchase_date, date, &ratio) != STATUS_OK ||
             split_apply(quantity, ratio, &quantity) != STATUS_OK))
            return false;
        if (quantity_add(sum, quantity, &sum) != STATUS_OK)
            return false;
    }
    *ret_quantity = sum;
    return true;
}

/* Takes the lots of the days until `date`, tells what they cost. */
static enum status lots_take(struct value_cursor *cursor, int32_t date, struct amount *ret_inflow) {
    const struct value_holding *holding = cursor->holding;
    struct amount inflow = {0};
    for (; cursor->lots_i < holding->lots_n && holding->lots[cursor->lots_i].purchase_date <= date; cursor->lots_i++) {
        const struct value_lot *lot = &holding->lots[cursor->lots_i];
        struct amount cost = lot->cost;
        enum status status = STATUS_OK;
        if (cursor->is_broken)
            continue;
        if (holding->is_foreign || holding->factor > 1)
            status = amount_convert(cost, holding->is_foreign ? lot->rate : (struct price){DECIMAL_ONE},
                                    holding->factor, &cost);
        if (status == STATUS_OK)
            status = amount_add(inflow, cost, &inflow);
        if (status != STATUS_OK)
            return status;
    }
    enum status status = amount_add(cursor->cost_basis, inflow, &cursor->cost_basis);
    if (status == STATUS_OK)
        *ret_inflow = inflow;
    return status;
}

/* Of the lots so far, what was last paid and is a price. */
static struct dated_price price_paid(const struct value_cursor *cursor) {
    for (size_t i = cursor->lots_i; i > 0; i--) {
        const struct value_lot *lot = &cursor->holding->lots[i - 1];
        if (lot->purchase_price.e8 > 0)
            return (struct dated_price){lot->purchase_date, lot->purchase_price};
    }
    return (struct dated_price){0};
}

static struct price price_on(const struct value_cursor *cursor, int32_t date, bool *ret_is_paid) {
    const struct value_holding *holding = cursor->holding;
    *ret_is_paid = cursor->closes_i == 0;
    struct dated_price known = *ret_is_paid ? price_paid(cursor) : holding->closes[cursor->closes_i - 1];
    struct split_ratio ratio;
    struct price price = known.price;
    if (price.e8 > 0 && cursor->splits_i > 0 &&
        (split_ratio_between(holding->splits, holding->splits_n, known.date, date, &ratio) != STATUS_OK ||
         split_apply_to_price(price, ratio, &price) != STATUS_OK))
        return (struct price){0};
    return price;
}

static size_t taken_until(const struct dated_price *items, size_t n, size_t i, int32_t date) {
    while (i < n && items[i].date <= date)
        i++;
    return i;
}

/* The rate that counts: the last one, before the first one the purchase's. */
static struct price rate_on(const struct value_cursor *cursor, bool *ret_is_estimated) {
    const struct value_holding *holding = cursor->holding;
    if (!holding->is_foreign)
        return (struct price){DECIMAL_ONE};
    if (cursor->rates_i > 0)
        return holding->rates[cursor->rates_i - 1].price;
    *ret_is_estimated = true;
    return holding->lots[cursor->lots_i - 1].rate;
}

static enum status value_at(const struct value_cursor *cursor, struct holding_value *value) {
    const struct value_holding *holding = cursor->holding;
    if (cursor->lots_i == 0)
        return STATUS_OK;
    value->is_missing = cursor->is_broken || cursor->price.e8 == 0 || cursor->quantity.e8 > DECIMAL_MAX_E8;
    if (value->is_missing)
        return STATUS_OK;
    value->is_estimated = cursor->is_price_paid;
    struct price rate = rate_on(cursor, &value->is_estimated);
    value->cost_basis = cursor->cost_basis;
    if (!holding->is_foreign && holding->factor == 1) {
        value->value = amount_product(cursor->quantity, cursor->price);
        return STATUS_OK;
    }
    return amount_convert_product(cursor->quantity, cursor->price, rate, holding->factor, &value->value);
}

enum status value_cursor_move(struct value_cursor *cursor, int32_t date, struct holding_value *ret_value) {
    const struct value_holding *holding = cursor->holding;
    struct holding_value value = {0};
    size_t lots_before = cursor->lots_i, splits_before = cursor->splits_i, closes_before = cursor->closes_i;
    while (cursor->splits_i < holding->splits_n && holding->splits[cursor->splits_i].date <= date)
        cursor->splits_i++;
    cursor->closes_i = taken_until(holding->closes, holding->closes_n, cursor->closes_i, date);
    cursor->rates_i = taken_until(holding->rates, holding->rates_n, cursor->rates_i, date);
    enum status status = lots_take(cursor, date, &value.inflow);
    if (status != STATUS_OK)
        return status;
    bool is_split = cursor->splits_i > splits_before, has_bought = cursor->lots_i > lots_before;
    if ((is_split || has_bought) && !quantity_sum(cursor, date, &cursor->quantity))
        cursor->is_broken = true;
    if (is_split || cursor->closes_i > closes_before || (cursor->closes_i == 0 && has_bought))
        cursor->price = price_on(cursor, date, &cursor->is_price_paid);
    value.is_priced = cursor->lots_i > 0 && cursor->closes_i > 0 && holding->closes[cursor->closes_i - 1].date == date;
    status = value_at(cursor, &value);
    if (status != STATUS_OK)
        return status;
    /* A gift that nobody can price yet: its fee alone would be all lost. */
    status = amount_add(cursor->held_back, value.inflow, &value.inflow);
    if (status != STATUS_OK)
        return status;
    cursor->held_back = value.is_missing ? value.inflow : (struct amount){0};
    if (value.is_missing)
        value.inflow = (struct amount){0};
    *ret_value = value;
    return STATUS_OK;
}

int32_t value_cursor_next(const struct value_cursor *cursor) {
    const struct value_holding *holding = cursor->holding;
    int32_t next = INT32_MAX;
    if (cursor->lots_i < holding->lots_n)
        next = holding->lots[cursor->lots_i].purchase_date;
    if (cursor->lots_i == 0)
        return next; /* nothing is held before the first lot */
    if (cursor->closes_i < holding->closes_n && holding->closes[cursor->closes_i].date < next)
        next = holding->closes[cursor->closes_i].date;
    if (cursor->splits_i < holding->splits_n && holding->splits[cursor->splits_i].date < next)
        next = holding->splits[cursor->splits_i].date;
    if (cursor->rates_i < holding->rates_n && holding->rates[cursor->rates_i].date < next)
        next = holding->rates[cursor->rates_i].date;
    return next;
}

struct ratio value_price_return(const struct value_holding *holding, int32_t from, int32_t to) {
    size_t before = taken_until(holding->closes, holding->closes_n, 0, from);
    size_t after = taken_until(holding->closes, holding->closes_n, before, to);
    struct split_ratio ratio;
    if (before == 0 || after == 0)
        return (struct ratio){0};
    const struct dated_price *first = &holding->closes[before - 1], *last = &holding->closes[after - 1];
    if (split_ratio_between(holding->splits, holding->splits_n, first->date, last->date, &ratio) != STATUS_OK)
        return (struct ratio){0};
    double growth = (double)last->price.e8 / (double)first->price.e8;
    return (struct ratio){true, growth * (double)ratio.numerator / (double)ratio.denominator - 1};
}
