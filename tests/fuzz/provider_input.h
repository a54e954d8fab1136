/* What the fuzz targets of providers share: the first byte picks status and
 * function, the rest is the body. A quote that is taken passes the bus' check; a
 * history's rows are in order, in their range and have a price. */
#ifndef PF_TESTS_PROVIDER_INPUT_H
#define PF_TESTS_PROVIDER_INPUT_H

#include "feed/provider_remote.h"
#include "feed/quote_ledger.h"
#include "fuzz.h"

#include <string.h>

#define INPUT_NOW_MS INT64_C(1795000000000)
#define INPUT_TO 30000

struct provider_input_case {
    enum provider_function function;
    size_t n;
    struct symbol symbols[3];
};

static inline void provider_input_history(const struct provider_query *query, const struct provider_history *history) {
    for (size_t i = 0; i < history->bars_n; i++) {
        const struct provider_bar *bar = &history->bars[i];
        FUZZ_CHECK(bar->date >= query->from && bar->date <= query->to);
        FUZZ_CHECK(bar->close_e8 > 0 && bar->close_e8 <= DECIMAL_MAX_E8);
        FUZZ_CHECK(bar->open_e8 >= 0 && bar->high_e8 >= 0 && bar->low_e8 >= 0 && bar->volume_e8 >= -1);
        FUZZ_CHECK(i == 0 || history->bars[i - 1].date < bar->date);
    }
    for (size_t i = 0; i < history->actions_n; i++) {
        const struct provider_action *action = &history->actions[i];
        FUZZ_CHECK(action->date >= query->from - 7 && action->value_e8 > 0);
        FUZZ_CHECK(action->type != PROVIDER_SPLIT || (action->numerator > 0 && action->denominator > 0));
    }
    for (size_t i = 0; i < history->rates_n; i++)
        FUZZ_CHECK(history->rates[i].per_eur_e8 > 0 && history->rates[i].currency.code[0] != '\0');
}

static inline int provider_input(const struct provider_ops *ops, const struct provider_input_case *cases,
                                 size_t cases_n, const uint8_t *data, size_t size) {
    static const long statuses[] = {200, 200, 401, 403, 404, 429, 500, 302};
    struct provider_answer answer;
    struct provider_history history;
    char detail[128];
    if (size == 0)
        return 0;
    const struct provider_input_case *it = &cases[data[0] / 8 % cases_n];
    const struct provider_query query = {.function = it->function,
                                         .symbols = it->symbols,
                                         .n = it->n,
                                         .from = 1,
                                         .to = INPUT_TO,
                                         .wall_ms = INPUT_NOW_MS};
    const struct provider_body body = {
        .http_status = statuses[data[0] % 8], .text = (const char *)data + 1, .len = size - 1};
    memset(&answer, 0xa5, sizeof answer);
    if (it->function >= PROVIDER_FULL_HISTORY) {
        ops->remote->parse_history(&query, &body, &history, &answer);
        FUZZ_CHECK(answer.reason != NULL);
        if (answer.verdict == PROVIDER_QUOTE)
            provider_input_history(&query, &history);
        provider_history_fini(&history);
        return 0;
    }
    ops->remote->parse(&query, &body, &answer);
    FUZZ_CHECK(answer.reason != NULL && answer.pause_ms >= PROVIDER_PAUSE_DAY);
    for (size_t i = 0; i < query.n && answer.verdict == PROVIDER_QUOTE; i++) {
        const struct provider_result *result = &answer.results[i];
        FUZZ_CHECK(result->reason != NULL);
        if (result->verdict != PROVIDER_QUOTE)
            continue;
        FUZZ_CHECK(quote_batch_check(&result->quote, 1, detail, sizeof detail) == STATUS_OK);
        FUZZ_CHECK(symbol_equal(&result->quote.symbol, &query.symbols[i]));
        FUZZ_CHECK(strcmp(result->quote.source, ops->name) == 0);
    }
    return 0;
}

#define PROVIDER_FUZZ_TARGET(ops, ...)                                                                                 \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {                                                     \
        static const struct provider_input_case cases[] = {__VA_ARGS__};                                               \
        return provider_input(ops, cases, sizeof cases / sizeof cases[0], data, size);                                 \
    }

#endif
