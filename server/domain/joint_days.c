/* Days joined and converted. Refuses sums that do not fit, and days without a
 * rate. Thread: any. */
#include "domain/joint_days.h"

#include <stdlib.h>

void joint_days_fini(struct joint_days *joint) {
    free(joint->days);
    *joint = (struct joint_days){0};
}

/* --- together --- */

static enum status day_join(struct return_day *day, const struct return_day *from, struct amount carried) {
    const struct return_day quiet = {.value = carried};
    const struct return_day *more = from ? from : &quiet;
    day->is_priced = day->is_priced || more->is_priced;
    enum status status = amount_add(day->value, more->value, &day->value);
    if (status == STATUS_OK)
        status = amount_add(day->inflow, more->inflow, &day->inflow);
    return status == STATUS_OK ? amount_add(day->outflow, more->outflow, &day->outflow) : status;
}

enum status joint_days_add(struct joint_days *sum, struct amount opening, const struct return_day *days,
                           size_t days_n) {
    struct return_day *joined = calloc(sum->days_n + days_n + 1, sizeof *joined);
    if (!joined)
        return STATUS_NO_MEMORY;
    struct amount had = sum->opening, has = opening;
    size_t n = 0;
    enum status status = amount_add(had, has, &opening);
    for (size_t i = 0, j = 0; status == STATUS_OK && (i < sum->days_n || j < days_n); n++) {
        bool is_ours = i < sum->days_n && (j == days_n || sum->days[i].date <= days[j].date);
        bool is_theirs = j < days_n && (i == sum->days_n || days[j].date <= sum->days[i].date);
        joined[n].date = is_ours ? sum->days[i].date : days[j].date;
        status = day_join(&joined[n], is_ours ? &sum->days[i] : NULL, had);
        if (status == STATUS_OK)
            status = day_join(&joined[n], is_theirs ? &days[j] : NULL, has);
        had = is_ours ? sum->days[i++].value : had;
        has = is_theirs ? days[j++].value : has;
    }
    if (status != STATUS_OK) {
        free(joined);
        return status;
    }
    free(sum->days);
    *sum = (struct joint_days){.opening = opening, .days = joined, .days_n = n};
    return STATUS_OK;
}

/* --- in another currency --- */

/* How many are on or before the date. */
static size_t rates_until(const struct dated_price *rates, size_t rates_n, int32_t date) {
    size_t low = 0, high = rates_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rates[middle].date <= date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum status convert_at(struct amount amount, const struct dated_price *rates, size_t rates_i,
                              struct amount *ret_converted) {
    if (amount.e8 == 0) {
        *ret_converted = amount;
        return STATUS_OK;
    }
    return rates_i == 0 ? STATUS_NOT_FOUND : amount_convert(amount, rates[rates_i - 1].price, 1, ret_converted);
}

enum status joint_amount_convert(struct amount amount, int32_t date, const struct dated_price *rates, size_t rates_n,
                                 struct amount *ret_converted) {
    if (!rates) {
        *ret_converted = amount;
        return STATUS_OK;
    }
    return convert_at(amount, rates, rates_until(rates, rates_n, date), ret_converted);
}

static enum status day_convert(const struct return_day *from, const struct dated_price *rates, size_t rates_i,
                               struct return_day *ret_day) {
    struct return_day day = *from;
    enum status status = convert_at(from->value, rates, rates_i, &day.value);
    if (status == STATUS_OK)
        status = convert_at(from->inflow, rates, rates_i, &day.inflow);
    if (status == STATUS_OK)
        status = convert_at(from->outflow, rates, rates_i, &day.outflow);
    if (status == STATUS_OK)
        *ret_day = day;
    return status;
}

enum status joint_days_convert(const struct return_range *range, const struct dated_price *rates, size_t rates_n,
                               struct joint_days *ret_converted) {
    size_t rates_i = rates_until(rates, rates_n, range->start - 1), n = 0;
    struct joint_days joint = {.days = calloc(range->days_n + (rates_n - rates_i) + 1, sizeof *joint.days)};
    if (!joint.days)
        return STATUS_NO_MEMORY;
    struct return_day held = {.value = range->opening}; /* what the last day leaves */
    enum status status = convert_at(range->opening, rates, rates_i, &joint.opening);
    for (size_t i = 0; status == STATUS_OK;) {
        bool has_day = i < range->days_n, has_rate = rates_i < rates_n && rates[rates_i].date <= range->end;
        if (!has_day && !has_rate)
            break;
        bool is_rate = has_rate && (!has_day || rates[rates_i].date <= range->days[i].date);
        int32_t date = is_rate ? rates[rates_i].date : range->days[i].date;
        bool is_day = has_day && range->days[i].date == date;
        rates_i += is_rate ? 1 : 0;
        if (is_day)
            held = range->days[i++];
        if (!is_day && held.value.e8 == 0)
            continue;
        held.date = date;
        status = day_convert(&held, rates, rates_i, &joint.days[n++]);
        held = (struct return_day){.value = held.value};
    }
    joint.days_n = n;
    if (status == STATUS_OK)
        *ret_converted = joint;
    else
        joint_days_fini(&joint);
    return status;
}
