/* What the routes of returns, history and risk share: reading the range, and
 * writing a range's numbers. Thread: as marked. */
#ifndef PF_APP_API_RANGE_H
#define PF_APP_API_RANGE_H

#include "app/api_call.h"
#include "domain/joint_days.h"
#include "store/portfolio_values.h"

struct range_input {
    struct value_query query;
    bool has_benchmark;
    struct symbol benchmark;
    bool is_benchmark_unknown; /* said by the work */
};

/* start_date and end_date of the query into call->data; false: a response was
 * sent. Thread: L. */
bool api_range_read(struct api_call *call, const char *start_name, const char *end_name);
/* The same into an input that is there; what is wrong is in the problem. */
void api_range_fill(struct api_call *call, struct range_input *input, const char *start_name, const char *end_name);
void api_range_read_benchmark(struct api_call *call);

/* The days of a report as domain/returns.h wants them: malloc'd. Thread: W. */
PF_MUST_CHECK enum status api_range_of(const struct value_report *report, struct return_range *ret_range,
                                       struct return_day **ret_days);

/* What all holdings of a symbol, of one or more portfolios, did in a range. */
struct contribution {
    struct symbol symbol;
    struct return_sums sums;
    struct ratio price_return;
    bool is_estimated, is_missing;
};

/* The parts of the range's gain, by holding: malloc'd. rates: to the currency they
 * are wanted in, NULL when it is the portfolio's. STATUS_NOT_FOUND: a rate is
 * missing. Thread: W. */
PF_MUST_CHECK enum status api_contributions_of(const struct value_report *report, const struct value_holding *rates,
                                               struct contribution **ret_items, size_t *ret_n);

/* What a work of a range input left: call->out, or what went wrong with it. Thread: L. */
void api_range_respond(struct api_call *call, const char *noun);

/* The members of a range: sums and rates. Thread: W. */
void api_range_write(struct strbuf *out, const struct return_range *range, const struct return_sums *sums);
void api_contributions_write(struct strbuf *out, const struct contribution *items, size_t n,
                             const struct return_sums *sums);
/* "benchmark": {…}. STATUS_NOT_FOUND: it is no asset. Thread: W. */
PF_MUST_CHECK enum status api_benchmark_write(struct strbuf *out, struct db *db, const struct range_input *input,
                                              struct currency base_currency, const struct return_range *range);

#endif
