/* Keeps the days' exchange rates up to date, when a provider publishes them: all
 * of the past at first, then what is missing, once an hour while something is.
 * Rates of a day come on working days in the afternoon. Thread: the
 * historian's. */
#include "base/timestamp.h"
#include "feed/historian_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#define FIRST_DATE 10595                     /* 1999-01-04: the euro's first rates */
#define PUBLISHED_MS (INT64_C(15) * 3600000) /* of a UTC day: 16:00 or 17:00 in Frankfurt */
#define AGAIN_MS (INT64_C(3600) * 1000)
#define RETRY_MS 60000
#define FRIDAY 4

/* The last day of which rates should be there. */
static int32_t expected_date(int64_t wall_ms) {
    int32_t date = timestamp_date(wall_ms - PUBLISHED_MS);
    int weekday = date_weekday(date);
    return weekday > FRIDAY ? date - (weekday - FRIDAY) : date;
}

/* Returns when to look again. */
static int64_t rates_fetch(struct historian *historian, const struct history_choice *choice, int32_t from) {
    static const struct symbol any = {.text = "EUR/USD", .len = 7}; /* the answer has all currencies */
    const struct history_archive *archive = historian->config.archive;
    struct history_fetched fetched;
    int64_t again_ms = RETRY_MS;
    int32_t today = timestamp_date(clock_wall_ms(historian->config.clock));
    if (historian_fetch(historian, choice, &any, from, today, &fetched) && fetched.answer.verdict == PROVIDER_QUOTE) {
        enum status status = archive->save_rates(archive->context, &fetched.history);
        if (status == STATUS_OK) {
            metrics_add(METRIC_HISTORY_RATES, (int64_t)fetched.history.rates_n);
            log_event(LOG_INFO, "rates.fetched", LOG_TEXT("provider", choice->provider->ops->name),
                      LOG_I64("rates", fetched.history.rates_n));
            again_ms = AGAIN_MS;
        } else {
            log_event(LOG_WARN, "rates.not_kept", LOG_TEXT("status", status_name(status)));
        }
    }
    provider_history_fini(&fetched.history);
    return again_ms;
}

void historian_keep_rates(struct historian *historian, int64_t now_ms) {
    const struct history_archive *archive = historian->config.archive;
    struct history_choice choice;
    int64_t wait_ms = 0;
    int32_t newest = FIRST_DATE - 1;
    if (now_ms < historian->rates_due_ms)
        return;
    historian->rates_due_ms = now_ms + RETRY_MS;
    enum status status = archive->newest_rates(archive->context, &newest);
    if ((status != STATUS_OK && status != STATUS_NOT_FOUND) ||
        newest >= expected_date(clock_wall_ms(historian->config.clock)))
        return;
    status = poller_history_choose_rates(historian->config.poller, &choice, &wait_ms);
    if (status == STATUS_OK)
        historian->rates_due_ms = now_ms + rates_fetch(historian, &choice, newest + 1);
    else if (status == STATUS_UNAVAILABLE)
        historian->rates_due_ms = now_ms + wait_ms;
}
