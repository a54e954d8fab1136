/* The stored daily values of a portfolio: read, and computed anew where they are
 * old. Thread: W (blocking), of the reports: a rebuild takes its time.
 *
 * Old are values of another version of the portfolio (all of them), and those of
 * the years from which on a bar, a split or a rate changed since. What is old is
 * never given out: it is computed first, and kept. Who asks for the same
 * portfolio meanwhile, on whatever instance, waits and reads. */
#ifndef PF_STORE_PORTFOLIO_VALUES_H
#define PF_STORE_PORTFOLIO_VALUES_H

#include "store/value_inputs.h"

/* A portfolio over [start, end], both inclusive, end at most today. */
struct value_report {
    struct value_inputs *inputs; /* closes: those of the ends */
    int32_t start, end;
    struct daily_value opening; /* the last day before start; zeros when there is none */
    struct daily_value *days;   /* of the range, in order; today's last, when end is today */
    size_t days_n;
    bool is_rebuilt; /* something had to be computed anew */
};

struct value_query {
    int32_t start; /* VALUE_FROM_FIRST: the first purchase's date */
    int32_t end;
    int32_t today;
    bool has_ends; /* the inputs' closes are wanted: for the holdings' parts */
};
#define VALUE_FROM_FIRST INT32_MIN

/* STATUS_NOT_FOUND. */
PF_MUST_CHECK enum status portfolio_values_report(struct db *db, const struct uuid *portfolio_id,
                                                  const struct value_query *query, struct value_report *ret_report);
void value_report_fini(struct value_report *report);

/* Brings the stored values up to the day before `today`: after the close, say.
 * STATUS_NOT_FOUND. */
PF_MUST_CHECK enum status portfolio_values_refresh(struct db *db, const struct uuid *portfolio_id, int32_t today);

/* Keeps the value of this moment as today's, until the closing value comes. */
PF_MUST_CHECK enum status portfolio_values_save_live(struct db *db, const struct uuid *portfolio_id,
                                                     const struct daily_value *value);

#endif
