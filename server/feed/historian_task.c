/* A history job's work on one symbol: which provider is asked, what its answer
 * means for the task. Refuses days whose session is not over: their bars would
 * be of half a day. Thread: the historian's. */
#include "base/timestamp.h"
#include "feed/historian_internal.h"
#include "feed/provider_fields.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>

#define FAILURES_MAX 8 /* in a row, with growing pauses: half an hour in all */
#define FAILURE_FIRST_MS 5000
#define FAILURE_MAX_MS 600000
#define WAIT_MIN_MS 1000
#define PATIENCE_MS 5000

struct fetch {
    struct historian *historian;
    const struct history_choice *choice;
    struct provider_query query;
    struct history_fetched *fetched;
    bool is_done, is_cancelled;
};

/* --- one request --- */

static void on_answer(void *context, const struct http_answer *http) {
    struct fetch *fetch = context;
    struct provider_answer *answer = &fetch->fetched->answer;
    fetch->is_done = true;
    fetch->is_cancelled = http->status == STATUS_CANCELLED;
    const struct provider_body body = {.http_status = http->http_status, .text = http->body, .len = http->len};
    if (http->status == STATUS_OK)
        fetch->choice->provider->ops->remote->parse_history(&fetch->query, &body, &fetch->fetched->history, answer);
    else if (http->status == STATUS_LIMIT)
        provider_answer_set(answer, PROVIDER_MALFORMED, "the answer is too large");
    else
        provider_answer_set(answer, PROVIDER_FAILED, "the network or the server failed");
    poller_history_answered(fetch->historian->config.poller, fetch->choice, &fetch->query, answer, http);
}

static enum status request_send(struct fetch *fetch) {
    const struct provider *provider = fetch->choice->provider;
    struct provider_request request;
    strbuf_init(&request.url);
    strbuf_init(&request.header);
    provider->ops->remote->write_request(provider, &fetch->query, &request);
    const struct http_question question = {
        .url = strbuf_text(&request.url), .header = strbuf_text(&request.header), .body_max = HTTP_FETCH_HISTORY_MAX};
    enum status status = strbuf_status(&request.url);
    if (status == STATUS_OK)
        status = strbuf_status(&request.header);
    if (status == STATUS_OK)
        status = http_fetch_start(fetch->historian->fetch, &question, on_answer, fetch);
    strbuf_fini(&request.url);
    strbuf_fini(&request.header);
    return status;
}

bool historian_fetch(struct historian *historian, const struct history_choice *choice, const struct symbol *symbol,
                     int32_t from, int32_t to, struct history_fetched *ret_fetched) {
    struct fetch fetch = {.historian = historian,
                          .choice = choice,
                          .query = {.function = choice->function,
                                    .symbols = symbol,
                                    .n = 1,
                                    .from = from,
                                    .to = to,
                                    .wall_ms = clock_wall_ms(historian->config.clock)},
                          .fetched = ret_fetched};
    provider_history_init(&ret_fetched->history);
    enum status status = request_send(&fetch);
    if (status != STATUS_OK) {
        const struct http_answer none = {.status = status, .error = ""};
        on_answer(&fetch, &none);
    }
    while (!fetch.is_done) {
        http_fetch_run(historian->fetch, 1000);
        if (!fetch.is_done && historian_is_stopping(historian))
            http_fetch_cancel_all(historian->fetch);
    }
    return !fetch.is_cancelled;
}

/* --- the task --- */

static void status_log(const struct history_task *task, const char *what, enum status status) {
    /* CANCELLED: another process leads now, and has the task. */
    if (status != STATUS_OK && status != STATUS_CANCELLED)
        log_event(LOG_WARN, "history.not_kept", LOG_TEXT("symbol", task->symbol.text), LOG_TEXT("what", what),
                  LOG_TEXT("status", status_name(status)));
}

static void task_end(struct historian *historian, const struct history_task *task, const char *provider,
                     const struct history_trouble *trouble) {
    const struct history_archive *archive = historian->config.archive;
    status_log(task, "end", archive->end(archive->context, task, provider, trouble));
    if (!trouble)
        return;
    if (!trouble->is_done)
        metrics_increment(METRIC_HISTORY_FAILURES);
    /* That nobody has it is the job's to tell; of a whole portfolio of such symbols it would fill the log. */
    log_event(trouble->is_failure ? LOG_WARN : LOG_DEBUG, "history.failed", LOG_TEXT("symbol", task->symbol.text),
              LOG_TEXT("code", trouble->code), LOG_TEXT("detail", trouble->detail));
}

static void task_postpone(struct historian *historian, const struct history_task *task, int64_t for_ms,
                          const char *provider, const struct history_trouble *trouble) {
    const struct history_archive *archive = historian->config.archive;
    status_log(
        task, "postpone",
        archive->postpone(archive->context, task, for_ms < WAIT_MIN_MS ? WAIT_MIN_MS : for_ms, provider, trouble));
}

static void task_fail(struct historian *historian, const struct history_task *task, const char *provider,
                      const struct provider_answer *answer) {
    struct history_trouble trouble = {
        .code = provider_verdict_name(answer->verdict), .detail = answer->reason, .is_failure = true};
    int64_t pause_ms = FAILURE_FIRST_MS;
    for (int64_t i = 0; i < task->failures && pause_ms < FAILURE_MAX_MS; i++)
        pause_ms *= 2;
    if (task->failures + 1 >= FAILURES_MAX)
        task_end(historian, task, provider, &trouble);
    else
        task_postpone(historian, task, pause_ms < FAILURE_MAX_MS ? pause_ms : FAILURE_MAX_MS, provider, &trouble);
}

/* Nobody may be asked now, or nobody has it. */
static void task_wait(struct historian *historian, const struct history_task *task, enum status status, int64_t wait_ms,
                      unsigned refused_mask) {
    struct history_trouble trouble = {"no_provider", "No provider has this symbol's history", false, false};
    if (refused_mask)
        trouble =
            (struct history_trouble){"unknown_symbol", "The providers that have history do not know it", false, false};
    if (status == STATUS_UNAVAILABLE) {
        trouble = (struct history_trouble){"waiting", "The providers' quotas are used up, or they pause", false, false};
        task_postpone(historian, task, wait_ms, NULL, &trouble);
    } else {
        task_end(historian, task, NULL, &trouble);
    }
}

/* The last day whose bar is whole: of what trades around the clock the last UTC day. */
static int32_t last_whole_day(const struct historian *historian, const struct symbol *symbol) {
    int64_t wall_ms = clock_wall_ms(historian->config.clock);
    struct symbol_pair pair;
    if (symbol_pair_kind(symbol, &pair) != SYMBOL_SHARE)
        return timestamp_date(wall_ms) - 1;
    return market_calendar_closed_session(historian->config.calendar, wall_ms);
}

/* Vendors have a session's bar some time after its close: until then the task waits, and fails in the end. */
static bool lacks_last_day(const struct history_task *task, const struct provider_history *history, int32_t last) {
    int32_t newest = history->bars_n > 0 ? history->bars[history->bars_n - 1].date : task->next - 1;
    return task->is_close && history->next_from == 0 && newest < last;
}

/* What came of the days before it is kept. */
static void last_day_await(struct historian *historian, struct history_task *task, const char *provider,
                           const struct provider_history *history) {
    const struct history_archive *archive = historian->config.archive;
    static const struct provider_answer no_bar = {.verdict = PROVIDER_UNKNOWN_SYMBOL,
                                                  .reason = "the last day's bar is not there yet"};
    if (history->bars_n > 0) {
        int32_t next = history->bars[history->bars_n - 1].date + 1;
        enum status status = archive->save(archive->context, task, history, provider, next);
        status_log(task, "save", status);
        if (status == STATUS_OK)
            task->next = next;
    }
    task_fail(historian, task, provider, &no_bar);
}

/* Weekends and holidays, and then some: bars that begin later were not delivered from the first day on. */
#define FIRST_BAR_LATE_DAYS 10

/* What one symbol's work knows beside its task. */
struct work {
    struct historian *historian;
    struct history_task task;
    unsigned refused_mask; /* providers that are not asked again */
    int32_t first_bar;     /* of what was delivered too late a beginning of; 0 = nothing was */
    bool has_other_currency;
};

/* The end of a range whose beginning nobody delivered. */
static void late_beginning_end(const struct work *work, const char *provider) {
    char detail[80], date[DATE_TEXT_LEN + 1];
    date_write(date, work->first_bar);
    date[DATE_TEXT_LEN] = '\0';
    (void)snprintf(detail, sizeof detail, "There are bars from %s on only", date);
    const struct history_trouble trouble = {.code = "incomplete", .detail = detail, .is_done = true};
    task_end(work->historian, &work->task, provider, &trouble);
}

/* In another currency than the asset's. True: another provider may have it in that. */
static bool currency_refuse(struct work *work, const struct history_choice *choice, struct currency stated) {
    metrics_increment(METRIC_HISTORY_CURRENCIES_REFUSED);
    log_event(LOG_WARN, "history.other_currency", LOG_TEXT("symbol", work->task.symbol.text),
              LOG_TEXT("provider", choice->provider->ops->name), LOG_TEXT("currency", stated.code));
    work->refused_mask |= 1U << choice->index;
    work->has_other_currency = true;
    return true;
}

/* Bars of the end of the range only, and the rest is asked of another: that they are there is not written down, so the
 * task's progress stays where it is. */
static bool is_late(const struct work *work, const struct provider_history *history) {
    return !work->task.is_close && history->next_from == 0 && history->bars_n > 0 &&
           history->bars[0].date > work->task.next + FIRST_BAR_LATE_DAYS;
}

/* Keeps what came. True: there is more, and the task goes on. */
static bool history_keep(struct work *work, const struct history_choice *choice, struct provider_history *history) {
    struct historian *historian = work->historian;
    struct history_task *task = &work->task;
    const char *provider = choice->provider->ops->name;
    const struct history_archive *archive = historian->config.archive;
    int32_t last = last_whole_day(historian, &task->symbol);
    int32_t next = history->next_from > task->next ? history->next_from : task->to + 1;
    last = last < task->to ? last : task->to;
    provider_history_finish(history, task->next, last);
    metrics_add(METRIC_HISTORY_ROWS, (int64_t)history->bars_n);
    if (lacks_last_day(task, history, last)) {
        last_day_await(historian, task, provider, history);
        return false;
    }
    bool is_incomplete = is_late(work, history);
    enum status status = archive->save(archive->context, task, history, provider, is_incomplete ? task->next : next);
    status_log(task, "save", status);
    if (status == STATUS_CONFLICT)
        return currency_refuse(work, choice, history->currency);
    if (status != STATUS_OK && status != STATUS_CANCELLED) {
        static const struct provider_answer not_kept = {.verdict = PROVIDER_FAILED,
                                                        .reason = "the database did not take it"};
        task_fail(historian, task, provider, &not_kept);
        return false;
    }
    if (is_incomplete && status == STATUS_OK) {
        work->first_bar = history->bars[0].date;
        work->refused_mask |= 1U << choice->index;
        task->to = work->first_bar - 1;
        return true;
    }
    task->next = next;
    if (status == STATUS_OK && next > task->to && work->first_bar != 0 && history->bars_n == 0)
        late_beginning_end(work, provider);
    else if (status == STATUS_OK && next > task->to)
        task_end(historian, task, provider, NULL);
    return status == STATUS_OK && next <= task->to;
}

/* What an answer without history means for the task. True: another provider may have it. */
static bool refusal_handle(struct historian *historian, struct history_task *task, const struct history_choice *choice,
                           const struct provider_answer *answer, unsigned *refused_mask) {
    switch (answer->verdict) {
    case PROVIDER_UNKNOWN_SYMBOL:
        *refused_mask |= 1U << choice->index;
        return true;
    case PROVIDER_THROTTLED:
    case PROVIDER_NOT_ENTITLED:
    case PROVIDER_INVALID_KEY:
        return true; /* it is not chosen now */
    default:
        task_fail(historian, task, choice->provider->ops->name, answer);
        return false;
    }
}

/* Nobody may be asked now, or nobody has it, or the rest of it. Returns how long to pause. */
static int64_t nobody_handle(const struct work *work, enum status status, int64_t wait_ms) {
    static const struct history_trouble other_currency = {
        "other_currency", "What the providers have is in another currency than the asset", true, false};
    if (work->first_bar != 0) {
        late_beginning_end(work, NULL);
        return 0;
    }
    if (status == STATUS_NOT_FOUND && work->has_other_currency)
        task_end(work->historian, &work->task, NULL, &other_currency);
    else
        task_wait(work->historian, &work->task, status, wait_ms, work->refused_mask);
    return status == STATUS_UNAVAILABLE ? WAIT_MIN_MS : 0;
}

/* Asks the chosen one. True: the task goes on. */
static bool choice_ask(struct work *work, const struct history_choice *choice) {
    struct historian *historian = work->historian;
    struct history_fetched fetched;
    int64_t wait_ms = 0;
    bool goes_on = false;
    /* Stopping otherwise: whoever leads next takes the task over. */
    if (work->task.is_splits
            ? historian_fetch_splits(historian, choice, &work->task, &fetched)
            : historian_fetch(historian, choice, &work->task.symbol, work->task.next, work->task.to, &fetched)) {
        enum status status = STATUS_NOT_FOUND;
        if (fetched.answer.verdict == PROVIDER_QUOTE)
            status = historian_add_actions(historian, choice, &work->task, &fetched.history, &fetched.answer, &wait_ms);
        if (status == STATUS_OK)
            goes_on = history_keep(work, choice, &fetched.history);
        else if (status == STATUS_UNAVAILABLE)
            task_wait(historian, &work->task, status, wait_ms, 0);
        else if (status != STATUS_CANCELLED)
            goes_on = refusal_handle(historian, &work->task, choice, &fetched.answer, &work->refused_mask);
    }
    provider_history_fini(&fetched.history);
    return goes_on;
}

/* Waits until somebody may be asked, where that is a matter of moments (the archive counts the request, a
 * second's quota); PATIENCE_MS at most. */
static enum status choice_await(const struct work *work, struct history_choice *ret_choice, int64_t *ret_wait_ms) {
    struct historian *historian = work->historian;
    struct poller *poller = historian->config.poller;
    int64_t until_ms = historian_now_ms(historian) + PATIENCE_MS;
    for (;;) {
        enum status status =
            work->task.is_splits
                ? poller_history_choose_splits(poller, &work->task.symbol, work->refused_mask, ret_choice, ret_wait_ms)
                : poller_history_choose(poller, &work->task.symbol, work->refused_mask, ret_choice, ret_wait_ms);
        if (status != STATUS_UNAVAILABLE || *ret_wait_ms >= WAIT_MIN_MS || historian_is_stopping(historian) ||
            historian_now_ms(historian) + *ret_wait_ms > until_ms)
            return status;
        http_fetch_run(historian->fetch, (int)*ret_wait_ms + 1);
    }
}

int64_t historian_work(struct historian *historian, const struct history_task *claimed) {
    struct work work = {.historian = historian, .task = *claimed};
    bool goes_on = work.task.next <= work.task.to;
    /* All of it was kept, and whoever kept it did not come to write down the end. */
    if (!goes_on)
        task_end(historian, &work.task, NULL, NULL);
    while (goes_on && !historian_is_stopping(historian)) {
        struct history_choice choice;
        int64_t wait_ms = 0;
        enum status status = choice_await(&work, &choice, &wait_ms);
        if (status != STATUS_OK)
            return nobody_handle(&work, status, wait_ms);
        goes_on = choice_ask(&work, &choice);
    }
    return 0;
}
