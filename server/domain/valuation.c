/* Computes; owns nothing. Refuses, before anything is computed, holdings whose
 * sums might not fit 128 bits. Thread: any. */
#include "domain/valuation.h"

static struct amount amount_magnitude(struct amount amount) {
    return (struct amount){amount.e8 < 0 ? -amount.e8 : amount.e8};
}

enum status valuation_check_fits(const struct holdings *holdings) {
    const int128 row_max_e8 = (int128)DECIMAL_MAX_E8 * DECIMAL_MAX_E8 / DECIMAL_ONE + 1;
    const int128 smallest = -(int128)(~(uint128)0 >> 1) - 1;
    struct amount rows = {0};
    if (holdings->cash_balance.e8 == smallest || __builtin_mul_overflow(row_max_e8, holdings->positions_n, &rows.e8))
        return STATUS_OVERFLOW;
    enum status status = amount_add(rows, amount_magnitude(holdings->cash_balance), &rows);
    for (size_t i = 0; status == STATUS_OK && i < holdings->lots_n; i++) {
        const struct amount cost = holdings->lots[i].cost_basis;
        status = cost.e8 == smallest ? STATUS_OVERFLOW : amount_add(rows, amount_magnitude(cost), &rows);
    }
    return status;
}

/* What of the lots was bought in the session: purchase_date not before it. The
 * lots are ordered by date, so only the youngest are looked at. */
static struct quantity session_purchases(const struct holdings_lot *lots, size_t lots_n, int32_t session,
                                         struct amount *ret_cost) {
    struct quantity quantity = {0};
    struct amount cost = {0};
    for (size_t i = lots_n; i > 0 && lots[i - 1].purchase_date >= session; i--) {
        quantity.e8 += lots[i - 1].quantity.e8;
        cost.e8 += lots[i - 1].cost_basis.e8;
    }
    *ret_cost = cost;
    return quantity;
}

struct position_value valuation_of_position(struct quantity quantity, struct amount cost_basis,
                                            const struct holdings_lot *lots, size_t lots_n, const struct quote *quote) {
    struct position_value value = {
        .is_priced = true, .is_stale = quote->stale, .current_value = amount_product(quantity, quote->price)};
    value.gain_loss.e8 = value.current_value.e8 - cost_basis.e8;
    if (quote->previous_close.e8 <= 0)
        return value;
    struct amount bought_cost;
    struct quantity bought = session_purchases(lots, lots_n, quote->session, &bought_cost);
    struct quantity before = {quantity.e8 - bought.e8};
    value.has_day_change = true;
    value.day_base.e8 = amount_product(before, quote->previous_close).e8 + bought_cost.e8;
    value.day_change.e8 = value.current_value.e8 - value.day_base.e8;
    return value;
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
