/* The sum of holdings by day. A holding's value changes only on its own days: it
 * is kept as differences by calendar day, which are summed up at the end, so
 * holdings can come one after the other and need not be in memory together.
 * Refuses sums that do not fit, and ranges before the year 1. Thread: any. */
#include "domain/daily_values.h"

#include <stdlib.h>

struct daily_change {
    struct amount value, cost_basis, inflow;
    int32_t priced_n;
    int32_t estimated_n, missing_n; /* differences */
    bool is_day;                    /* something was priced or bought, or counted for something else */
};

struct daily_values {
    int32_t from;
    size_t days_n;
    struct daily_change *changes; /* by calendar day */
};

enum status daily_values_create(int32_t from, int32_t through, struct daily_values **ret_values) {
    struct daily_values *values = calloc(1, sizeof *values);
    if (!values)
        return STATUS_NO_MEMORY;
    values->from = from;
    values->days_n = through >= from ? (size_t)((int64_t)through - from + 1) : 0;
    values->changes = calloc(values->days_n + 1, sizeof *values->changes);
    if (!values->changes) {
        free(values);
        return STATUS_NO_MEMORY;
    }
    *ret_values = values;
    return STATUS_OK;
}

void daily_values_destroy(struct daily_values **values) {
    if (!*values)
        return;
    free((*values)->changes);
    free(*values);
    *values = NULL;
}

/* Whether the holding counts for something else than before: a rate alone does that, too. */
static bool is_moved(const struct holding_value *before, const struct holding_value *now) {
    return now->value.e8 != before->value.e8 || now->cost_basis.e8 != before->cost_basis.e8 ||
           now->is_estimated != before->is_estimated || now->is_missing != before->is_missing;
}

/* Adds to a day what differs between the holding's state before and on it. */
static enum status change_add(struct daily_change *change, const struct holding_value *before,
                              const struct holding_value *now) {
    bool has_overflow = __builtin_add_overflow(change->value.e8, now->value.e8 - before->value.e8, &change->value.e8) ||
                        __builtin_add_overflow(change->cost_basis.e8, now->cost_basis.e8 - before->cost_basis.e8,
                                               &change->cost_basis.e8) ||
                        __builtin_add_overflow(change->inflow.e8, now->inflow.e8, &change->inflow.e8);
    change->priced_n += now->is_priced;
    change->estimated_n += (int)now->is_estimated - (int)before->is_estimated;
    change->missing_n += (int)now->is_missing - (int)before->is_missing;
    return has_overflow ? STATUS_OVERFLOW : STATUS_OK;
}

/* What is held already when the range begins. */
static enum status opening_add(struct daily_values *values, struct value_cursor *cursor, struct holding_value *now) {
    const struct holding_value nothing = {0};
    enum status status = value_cursor_move(cursor, values->from - 1, now);
    if (status != STATUS_OK)
        return status;
    now->inflow = (struct amount){0};
    now->is_priced = false;
    return change_add(&values->changes[0], &nothing, now);
}

enum status daily_values_add(struct daily_values *values, const struct value_holding *holding) {
    struct value_cursor cursor;
    struct holding_value now = {0};
    value_cursor_init(&cursor, holding);
    if (values->days_n == 0)
        return STATUS_OK;
    enum status status = opening_add(values, &cursor, &now);
    while (status == STATUS_OK) {
        int32_t date = value_cursor_next(&cursor);
        if (date == INT32_MAX || (size_t)((int64_t)date - values->from) >= values->days_n)
            return STATUS_OK;
        struct holding_value before = now;
        size_t lots_before = cursor.lots_i;
        status = value_cursor_move(&cursor, date, &now);
        if (status != STATUS_OK)
            return status;
        struct daily_change *change = &values->changes[date - values->from];
        change->is_day = change->is_day || now.is_priced || cursor.lots_i > lots_before || is_moved(&before, &now);
        status = change_add(change, &before, &now);
    }
    return status;
}

enum status daily_values_finish(const struct daily_values *values, struct daily_value **ret_days, size_t *ret_n) {
    size_t n = 0;
    for (size_t i = 0; i < values->days_n; i++)
        n += values->changes[i].is_day ? 1 : 0;
    struct daily_value *days = calloc(n + 1, sizeof *days);
    if (!days)
        return STATUS_NO_MEMORY;
    struct daily_value sum = {0};
    struct daily_value *next = days;
    bool has_overflow = false;
    for (size_t i = 0; i < values->days_n; i++) {
        const struct daily_change *change = &values->changes[i];
        has_overflow = has_overflow || __builtin_add_overflow(sum.day.value.e8, change->value.e8, &sum.day.value.e8) ||
                       __builtin_add_overflow(sum.cost_basis.e8, change->cost_basis.e8, &sum.cost_basis.e8);
        sum.estimated_n += change->estimated_n;
        sum.missing_n += change->missing_n;
        if (!change->is_day)
            continue;
        *next = sum;
        next->day.date = values->from + (int32_t)i;
        next->day.inflow = change->inflow;
        next->day.is_priced = change->priced_n > 0;
        next->priced_n = change->priced_n;
        next++;
    }
    if (has_overflow) {
        free(days);
        return STATUS_OVERFLOW;
    }
    *ret_days = days;
    *ret_n = n;
    return STATUS_OK;
}

enum status daily_values_on(int32_t date, const struct value_holding *const *holdings, size_t n,
                            struct daily_value *ret_value) {
    struct daily_values *values = NULL;
    struct daily_value *days = NULL;
    size_t days_n = 0;
    enum status status = daily_values_create(date, date, &values);
    for (size_t i = 0; i < n && status == STATUS_OK; i++)
        status = daily_values_add(values, holdings[i]);
    if (status == STATUS_OK) {
        values->changes[0].is_day = true;
        status = daily_values_finish(values, &days, &days_n);
    }
    if (status == STATUS_OK)
        *ret_value = days[0];
    free(days);
    daily_values_destroy(&values);
    return status;
}
