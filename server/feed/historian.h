/* The historian: one thread that works off jobs which fetch history, and closes
 * sessions.
 *
 * It works while the poller leads, on one symbol at a time, with the poller's
 * providers and within their quotas, prices first (poller_history.h). Everything
 * it does is written down in the database before it goes on, so that whoever
 * leads next goes on there. After a session's close (market_calendar) it asks
 * once for the day's bars of everything that is held, and then has the
 * portfolios' closing values written. It also keeps the exchange rates' days up
 * to date when a provider has them. */
#ifndef PF_FEED_HISTORIAN_H
#define PF_FEED_HISTORIAN_H

#include "base/clock.h"
#include "domain/market_calendar.h"
#include "feed/history_archive.h"
#include "feed/poller.h"

struct historian;

struct historian_config {
    struct poller *poller;
    const struct history_archive *archive;
    const struct market_calendar *calendar;
    const struct clock *clock;
};

/* What the configuration names must outlive the historian. Thread: main. */
PF_MUST_CHECK enum status historian_create(const struct historian_config *config, struct historian **ret_historian);
PF_MUST_CHECK enum status historian_start(struct historian *historian);
/* Tells the thread to end, without waiting for it. */
void historian_begin_stop(struct historian *historian);
void historian_stop(struct historian *historian);
void historian_destroy(struct historian **historian);

/* There is a new job: it is looked for at once. Thread: any. */
void historian_wake(struct historian *historian);

#endif
