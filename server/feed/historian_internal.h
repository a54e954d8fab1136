/* The historian's inside, shared by its files. Not for others.
 * Thread: the historian's. */
#ifndef PF_FEED_HISTORIAN_INTERNAL_H
#define PF_FEED_HISTORIAN_INTERNAL_H

#include "feed/historian.h"
#include "feed/poller_history.h"

#include <pthread.h>
#include <stdatomic.h>

struct historian {
    struct historian_config config;
    struct http_fetch *fetch;
    int64_t adopt_due_ms;
    int32_t closed_session; /* the last one whose job exists, as far as known */
    int32_t splits_day;     /* the same of the job that asks for splits */
    int64_t close_due_ms, splits_due_ms, rates_due_ms;
    pthread_t thread;
    bool is_started;
    atomic_bool is_stopping; /* any */
};

int64_t historian_now_ms(const struct historian *historian);
bool historian_is_stopping(struct historian *historian);

/* One request, answered (or cancelled by the stop). */
struct history_fetched {
    struct provider_answer answer; /* verdict QUOTE: the history is filled */
    struct provider_history history;
};
/* Asks the chosen provider and reports to the poller what the answer means for
 * it. False: cancelled. The history is the caller's to fini. */
bool historian_fetch(struct historian *historian, const struct history_choice *choice, const struct symbol *symbol,
                     int32_t from, int32_t to, struct history_fetched *ret_fetched);

/* historian_task.c: a symbol, as far as it goes now. Returns how long to pause: nobody may be asked for it. */
int64_t historian_work(struct historian *historian, const struct history_task *claimed);
/* historian_actions.c: adds splits and dividends to a history that the provider has told without them. CANCELLED: the
 * stop, or the end of the lead; UNAVAILABLE: not yet, but in *ret_wait_ms; INVALID: *ret_answer says why. */
enum status historian_add_actions(struct historian *historian, const struct history_choice *of,
                                  const struct history_task *task, struct provider_history *history,
                                  struct provider_answer *ret_answer, int64_t *ret_wait_ms);
/* The whole of a task of is_splits, but for what goes wrong: asks the chosen one. As historian_fetch. */
bool historian_fetch_splits(struct historian *historian, const struct history_choice *choice,
                            const struct history_task *task, struct history_fetched *ret_fetched);
/* historian_rates.c: fetches the exchange rates' days that are missing, when it is time. */
void historian_keep_rates(struct historian *historian, int64_t now_ms);
#endif
