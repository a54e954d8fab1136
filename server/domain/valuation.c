/* Computes; owns nothing. Refuses, before anything is computed, holdings whose
 * sums might not fit 128 bits. Thread: any. */
#include "domain/valuation.h"

static struct amount amount_magnitude(struct amount amount) {
    return (struct amount){amount.e8 < 0 ? -amount.e8 : amount.e8};
}

static enum status add_magnitude(struct amount *sum, struct amount amount) {
    const int128 smallest = -(int128)(~(uint128)0 >> 1) - 1;
    return amount.e8 == smallest ? STATUS_OVERFLOW : amount_add(*sum, amount_magnitude(amount), sum);
}

/* Of the lots in another currency. A cost that is not known or not taken is in no sum. */
static enum status add_costs_base(struct amount *sum, const struct holdings *holdings,
                                  const struct holdings_position *position) {
    unsigned factor = currency_factor(position->currency);
    for (size_t i = 0; i < position->lots_n; i++) {
        size_t at = position->lots_first + i;
        struct amount cost = {0};
        if (valuation_of_lot_cost(holdings->lots[at].cost_basis, holdings->fx_rates[at], factor, &cost) == STATUS_OK &&
            add_magnitude(sum, cost) != STATUS_OK)
            return STATUS_OVERFLOW;
    }
    return STATUS_OK;
}

enum status valuation_check_fits(const struct holdings *holdings) {
    struct amount sum = {0};
    if (__builtin_mul_overflow(VALUATION_ROW_MAX_E8 + 1, holdings->positions_n, &sum.e8))
        return STATUS_OVERFLOW;
    enum status status = add_magnitude(&sum, holdings->cash_balance);
    for (size_t i = 0; status == STATUS_OK && i < holdings->lots_n; i++)
        status = add_magnitude(&sum, holdings->lots[i].cost_basis);
    for (size_t i = 0; holdings->fx_rates && status == STATUS_OK && i < holdings->positions_n; i++)
        status = add_costs_base(&sum, holdings, &holdings->positions[i]);
    return status;
}

enum status valuation_of_lot_cost(struct amount cost_basis, struct price fx_rate, unsigned factor,
                                  struct amount *ret_cost_base) {
    struct amount cost;
    if (fx_rate.e8 <= 0)
        return STATUS_NOT_FOUND;
    if (amount_convert(cost_basis, fx_rate, factor, &cost) != STATUS_OK ||
        amount_magnitude(cost).e8 > VALUATION_ROW_MAX_E8)
        return STATUS_OVERFLOW;
    *ret_cost_base = cost;
    return STATUS_OK;
}

/* How many of the lots, the youngest, were bought in the session: purchase_date not before it. They are ordered by
 * date, so only the youngest are looked at. */
static size_t session_lots_n(const struct holdings_lot *lots, size_t lots_n, int32_t session) {
    size_t n = 0;
    while (n < lots_n && lots[lots_n - 1 - n].purchase_date >= session)
        n++;
    return n;
}

static struct quantity quantity_of(const struct holdings_lot *lots, size_t lots_n) {
    struct quantity quantity = {0};
    for (size_t i = 0; i < lots_n; i++)
        quantity.e8 += lots[i].quantity.e8;
    return quantity;
}

struct position_value valuation_of_position(struct quantity quantity, struct amount cost_basis,
                                            const struct holdings_lot *lots, size_t lots_n, const struct quote *quote) {
    struct position_value value = {
        .is_priced = true, .is_stale = quote->stale, .current_value = amount_product(quantity, quote->price)};
    value.gain_loss.e8 = value.current_value.e8 - cost_basis.e8;
    if (quote->previous_close.e8 <= 0)
        return value;
    size_t bought_n = session_lots_n(lots, lots_n, quote->session);
    const struct holdings_lot *bought = lots + (lots_n - bought_n);
    struct quantity before = {quantity.e8 - quantity_of(bought, bought_n).e8};
    value.has_day_change = true;
    value.day_base = amount_product(before, quote->previous_close);
    for (size_t i = 0; i < bought_n; i++)
        value.day_base.e8 += bought[i].cost_basis.e8;
    value.day_change.e8 = value.current_value.e8 - value.day_base.e8;
    return value;
}

/* False when it is above V. */
static bool product_through(struct quantity quantity, struct price price, struct price rate, unsigned factor,
                            struct amount *ret_value) {
    struct amount value;
    if (amount_convert_product(quantity, price, rate, factor, &value) != STATUS_OK || value.e8 > VALUATION_ROW_MAX_E8)
        return false;
    *ret_value = value;
    return true;
}

/* The rate in force when a session began. */
static struct price rate_before(const struct fx_rate *fx, int32_t session) {
    return fx->session < session ? fx->rate : fx->previous;
}

struct position_value valuation_through_rate(struct quantity quantity, struct amount cost_base,
                                             const struct holdings_lot *lots, const struct amount *lot_costs_base,
                                             size_t lots_n, const struct quote *quote, const struct fx_rate *fx) {
    struct position_value value = {.is_priced = true, .is_stale = quote->stale || fx->is_stale};
    if (!product_through(quantity, quote->price, fx->rate, fx->factor, &value.current_value))
        return (struct position_value){.is_past_bound = true};
    value.gain_loss.e8 = value.current_value.e8 - cost_base.e8;
    size_t bought_n = session_lots_n(lots, lots_n, quote->session), first = lots_n - bought_n;
    struct quantity before = {quantity.e8 - quantity_of(lots + first, bought_n).e8};
    struct price rate = rate_before(fx, quote->session);
    if (quote->previous_close.e8 <= 0 || rate.e8 <= 0)
        return value;
    value.is_day_past_bound = !product_through(before, quote->previous_close, rate, fx->factor, &value.day_base);
    if (value.is_day_past_bound)
        return value;
    value.has_day_change = true;
    for (size_t i = first; i < lots_n; i++)
        value.day_base.e8 += lot_costs_base[i].e8;
    value.day_change.e8 = value.current_value.e8 - value.day_base.e8;
    return value;
}

struct position_value valuation_with_value(const struct position_value *value, enum status status,
                                           struct amount current_value) {
    struct position_value result = *value;
    if (status != STATUS_OK || !value->is_priced || current_value.e8 > VALUATION_ROW_MAX_E8)
        return (struct position_value){.is_past_bound = true};
    result.current_value = current_value;
    result.gain_loss.e8 += current_value.e8 - value->current_value.e8;
    result.day_change.e8 += value->has_day_change ? current_value.e8 - value->current_value.e8 : 0;
    return result;
}

void totals_init(struct totals *totals, struct amount cash_balance) {
    *totals = (struct totals){.total_value = cash_balance, .cash_balance = cash_balance};
}

void totals_add(struct totals *totals, struct amount cost_basis, const struct position_value *value) {
    totals->cost_basis.e8 += cost_basis.e8;
    if (!value->is_priced) {
        totals->unpriced_n++;
        return;
    }
    totals->total_value.e8 += value->current_value.e8;
    totals->priced_cost.e8 += cost_basis.e8;
    totals->gain_loss.e8 += value->gain_loss.e8;
    totals->day_change.e8 += value->day_change.e8;
    totals->day_base.e8 += value->day_base.e8;
}

void totals_remove(struct totals *totals, struct amount cost_basis, const struct position_value *value) {
    totals->cost_basis.e8 -= cost_basis.e8;
    if (!value->is_priced) {
        totals->unpriced_n--;
        return;
    }
    totals->total_value.e8 -= value->current_value.e8;
    totals->priced_cost.e8 -= cost_basis.e8;
    totals->gain_loss.e8 -= value->gain_loss.e8;
    totals->day_change.e8 -= value->day_change.e8;
    totals->day_base.e8 -= value->day_base.e8;
}

void totals_move(struct totals *totals, struct amount with_day_change, struct amount without) {
    totals->total_value.e8 += with_day_change.e8 + without.e8;
    totals->gain_loss.e8 += with_day_change.e8 + without.e8;
    totals->day_change.e8 += with_day_change.e8;
}

enum status totals_sum(struct totals *sum, const struct totals *more) {
    struct amount *const to[] = {&sum->total_value, &sum->cash_balance, &sum->cost_basis, &sum->gain_loss,
                                 &sum->day_change,  &sum->priced_cost,  &sum->day_base};
    const struct amount from[] = {more->total_value, more->cash_balance, more->cost_basis, more->gain_loss,
                                  more->day_change,  more->priced_cost,  more->day_base};
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
        enum status status = amount_add(*to[i], from[i], to[i]);
        if (status != STATUS_OK)
            return status;
    }
    sum->unpriced_n += more->unpriced_n;
    return STATUS_OK;
}
