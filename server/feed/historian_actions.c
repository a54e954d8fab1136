/* Splits and dividends of a share, from a provider that has them apart from its
 * bars: requests of their own, before anything of its bars is kept, so that no
 * bars are there without them. A session's close asks for splits only: they
 * change what is held. Refuses to wait long for a quota. Thread: the historian's. */
#include "feed/historian_internal.h"
#include "feed/symbol_pair.h"

#define WAIT_MAX_MS 70000 /* a minute's quota */
#define LATE_DAYS 7       /* some are told late */

/* Waits for its turn, as long as the wait is a short one. */
static enum status turn_await(struct historian *historian, const struct history_choice *of,
                              enum provider_function function, const struct symbol *symbol,
                              struct history_choice *ret_choice, int64_t *ret_wait_ms) {
    int64_t until_ms = historian_now_ms(historian) + WAIT_MAX_MS;
    for (;;) {
        enum status status =
            poller_history_choose_also(historian->config.poller, of, function, symbol, ret_choice, ret_wait_ms);
        if (status != STATUS_UNAVAILABLE || historian_now_ms(historian) + *ret_wait_ms > until_ms)
            return status;
        http_fetch_run(historian->fetch, *ret_wait_ms < 1000 ? (int)*ret_wait_ms + 1 : 1000);
        if (historian_is_stopping(historian) || !poller_is_leading(historian->config.poller))
            return STATUS_CANCELLED;
    }
}

static enum status actions_fetch(struct historian *historian, const struct history_choice *of,
                                 enum provider_function function, const struct history_task *task,
                                 struct provider_history *history, struct provider_answer *ret_answer,
                                 int64_t *ret_wait_ms) {
    struct history_choice choice;
    struct history_fetched fetched;
    enum status status = turn_await(historian, of, function, &task->symbol, &choice, ret_wait_ms);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status; /* it has them not, or the plan does not include them */
    if (!historian_fetch(historian, &choice, &task->symbol, task->next - LATE_DAYS, task->to, &fetched))
        status = STATUS_CANCELLED;
    else if (fetched.answer.verdict == PROVIDER_QUOTE)
        status = provider_history_add_actions(history, &fetched.history);
    else if (fetched.answer.verdict == PROVIDER_THROTTLED)
        status = STATUS_UNAVAILABLE;
    else if (fetched.answer.verdict != PROVIDER_NOT_ENTITLED && fetched.answer.verdict != PROVIDER_UNKNOWN_SYMBOL)
        status = STATUS_INVALID;
    *ret_answer = fetched.answer;
    provider_history_fini(&fetched.history);
    return status;
}

bool historian_fetch_splits(struct historian *historian, const struct history_choice *choice,
                            const struct history_task *task, struct history_fetched *ret_fetched) {
    if (!historian_fetch(historian, choice, &task->symbol, task->next - LATE_DAYS, task->to, ret_fetched))
        return false;
    ret_fetched->history.bars_n = 0; /* the session is not over */
    return true;
}

enum status historian_add_actions(struct historian *historian, const struct history_choice *of,
                                  const struct history_task *task, struct provider_history *history,
                                  struct provider_answer *ret_answer, int64_t *ret_wait_ms) {
    struct symbol_pair pair;
    if (history->has_actions || task->is_splits || symbol_pair_kind(&task->symbol, &pair) != SYMBOL_SHARE)
        return STATUS_OK;
    enum status status = actions_fetch(historian, of, PROVIDER_SPLITS, task, history, ret_answer, ret_wait_ms);
    if (status == STATUS_OK && !task->is_close)
        status = actions_fetch(historian, of, PROVIDER_DIVIDENDS, task, history, ret_answer, ret_wait_ms);
    return status;
}
