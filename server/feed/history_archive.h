/* What the historian needs of the database: jobs, and where history goes (wired
 * by app). All of it blocks; UNAVAILABLE when the database is away.
 * Thread: the historian's. */
#ifndef PF_FEED_HISTORY_ARCHIVE_H
#define PF_FEED_HISTORY_ARCHIVE_H

#include "base/uuid.h"
#include "domain/symbol.h"
#include "feed/provider_history.h"

/* A symbol of a job: [next, to] is still to be fetched. */
struct history_task {
    struct uuid job_id;
    struct symbol symbol;
    int32_t next, to;
    int64_t failures; /* in a row */
    bool is_close;    /* of a session's close: the last day is expected to be there */
    bool is_splits;   /* of a day before trade begins: no bars */
};

/* Why a task waits or ended; texts of ours, without a URL. */
struct history_trouble {
    const char *code, *detail;
    bool is_failure; /* counts as one: too many end the task */
    bool is_done;    /* of an end: the task is done, but for what this says */
};

/* CANCELLED from the functions that take a task: another process has it now. */
struct history_archive {
    void *context;
    /* Takes over what a process that no longer leads was at. */
    enum status (*adopt)(void *context, int64_t *ret_n);
    /* NOT_FOUND: there is nothing to do now. */
    enum status (*claim)(void *context, struct history_task *ret_task);
    /* What a provider told, and that all before `next` is there, in one transaction. CONFLICT: it is in another
     * currency than the asset; nothing was kept. */
    enum status (*save)(void *context, const struct history_task *task, const struct provider_history *history,
                        const char *provider, int32_t next);
    enum status (*postpone)(void *context, const struct history_task *task, int64_t for_ms, const char *provider,
                            const struct history_trouble *trouble);
    /* trouble NULL: it is done. */
    enum status (*end)(void *context, const struct history_task *task, const char *provider,
                       const struct history_trouble *trouble);
    /* Makes the job of a session's close, unless there is one: CONFLICT. NOT_FOUND: nothing to fetch. */
    enum status (*close_session)(void *context, int32_t session);
    /* Makes the job that asks for splits on a day; the same statuses. */
    enum status (*ask_for_splits)(void *context, int32_t date);
    /* The last day of which there are exchange rates; NOT_FOUND: none. */
    enum status (*newest_rates)(void *context, int32_t *ret_date);
    enum status (*save_rates)(void *context, const struct provider_history *history);
    /* Writes the closing values of some of the portfolios that wait for one. NOT_FOUND: none does. */
    enum status (*write_values)(void *context);
};

#endif
