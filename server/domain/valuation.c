/* Computes; owns nothing, refuses what does not fit 128 bits. Thread: any. */
#include "domain/valuation.h"

/* What of the lots was bought in the session: purchase_date not before it. The
 * lots are ordered by date, so only the youngest are looked at. */
static enum status session_purchases(const struct holdings_lot *lots, size_t lots_n, int32_t session,
                                     struct quantity *ret_quantity, struct amount *ret_cost) {
    struct quantity quantity = {0};
    struct amount cost = {0};
    for (size_t i = lots_n; i > 0 && lots[i - 1].purchase_date >= session; i--) {
        enum status status = quantity_add(quantity, lots[i - 1].quantity, &quantity);
        if (status == STATUS_OK)
            status = amount_add(cost, lots[i - 1].cost_basis, &cost);
        if (status != STATUS_OK)
            return status;
    }
    *ret_quantity = quantity;
    *ret_cost = cost;
    return STATUS_OK;
}

static enum status day_change_of(struct quantity quantity, const struct holdings_lot *lots, size_t lots_n,
                                 const struct quote *quote, struct position_value *value) {
    struct quantity bought;
    struct amount bought_cost;
    enum status status = session_purchases(lots, lots_n, quote->session, &bought, &bought_cost);
    if (status != STATUS_OK)
        return status;
    struct quantity before = {quantity.e8 - bought.e8};
    status = amount_add(amount_product(before, quote->previous_close), bought_cost, &value->day_base);
    if (status != STATUS_OK)
        return status;
    value->has_day_change = true;
    return amount_subtract(value->current_value, value->day_base, &value->day_change);
}

enum status valuation_of_position(struct quantity quantity, struct amount cost_basis, const struct holdings_lot *lots,
                                  size_t lots_n, const struct quote *quote, struct position_value *ret_value) {
    struct position_value value = {
        .is_priced = true, .is_stale = quote->stale, .current_value = amount_product(quantity, quote->price)};
    enum status status = amount_subtract(value.current_value, cost_basis, &value.gain_loss);
    if (status == STATUS_OK && quote->previous_close.e8 > 0)
        status = day_change_of(quantity, lots, lots_n, quote, &value);
    if (status != STATUS_OK)
        return status;
    *ret_value = value;
    return STATUS_OK;
}

void totals_init(struct totals *totals, struct amount cash_balance) {
    *totals = (struct totals){.total_value = cash_balance, .cash_balance = cash_balance};
}

typedef enum status (*amount_operation)(struct amount a, struct amount b, struct amount *ret);

static enum status totals_apply(struct totals *totals, amount_operation apply, struct amount cost_basis,
                                const struct position_value *value) {
    struct totals next = *totals;
    enum status status = apply(next.cost_basis, cost_basis, &next.cost_basis);
    if (status == STATUS_OK && value->is_priced) {
        status = apply(next.total_value, value->current_value, &next.total_value);
        if (status == STATUS_OK)
            status = apply(next.priced_cost, cost_basis, &next.priced_cost);
        if (status == STATUS_OK)
            status = apply(next.gain_loss, value->gain_loss, &next.gain_loss);
        if (status == STATUS_OK && value->has_day_change)
            status = apply(next.day_change, value->day_change, &next.day_change);
        if (status == STATUS_OK && value->has_day_change)
            status = apply(next.day_base, value->day_base, &next.day_base);
    }
    if (status == STATUS_OK)
        *totals = next;
    return status;
}

enum status totals_add(struct totals *totals, struct amount cost_basis, const struct position_value *value) {
    enum status status = totals_apply(totals, amount_add, cost_basis, value);
    if (status == STATUS_OK) {
        totals->unpriced_n += value->is_priced ? 0 : 1;
        totals->stale_n += value->is_stale ? 1 : 0;
    }
    return status;
}

enum status totals_remove(struct totals *totals, struct amount cost_basis, const struct position_value *value) {
    enum status status = totals_apply(totals, amount_subtract, cost_basis, value);
    if (status == STATUS_OK) {
        totals->unpriced_n -= value->is_priced ? 0 : 1;
        totals->stale_n -= value->is_stale ? 1 : 0;
    }
    return status;
}
