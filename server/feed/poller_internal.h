/* The poller's inside, shared by its files:
 *   poller.c          life, thread, turns
 *   poller_lead.c     leadership, the bus' position, the held symbols
 *   poller_archive.c  last prices: keeping and restoring them
 *   poller_publish.c  what a turn gathered, filtered and published
 *   poller_questions.c  who needs a fresh price now
 *   poller_listed.c   whether the catalog has a symbol, for the simulated provider
 *   poller_ask.c      which provider is asked for what
 *   poller_answer.c   what an answer means for the provider and its symbols
 *   poller_usage.c    how often providers were asked, over restarts
 *   poller_replay.c   the replays
 *   poller_history.c  the historian's share of the providers
 *   poller_health.c   what /health says
 *   poller_report.c   what /providers says
 * Not for others. Thread: the poller's unless marked. */
#ifndef PF_FEED_POLLER_INTERNAL_H
#define PF_FEED_POLLER_INTERNAL_H

#include "feed/archivist.h"
#include "feed/breaker.h"
#include "feed/http_fetch.h"
#include "feed/poll_table.h"
#include "feed/poller.h"
#include "feed/poller_questions.h"
#include "feed/provider_list.h"
#include "feed/provider_remote.h"
#include "feed/quota.h"

#include <pthread.h>
#include <stdatomic.h>

#define POLLER_BATCH_MAX 1000

/* One request and the symbols it is about. */
struct poll_batch {
    struct poller *poller;
    size_t provider;
    enum provider_function function;
    size_t n;
    struct polled_symbol *polled[PROVIDER_BATCH_MAX];
    struct symbol symbols[PROVIDER_BATCH_MAX];
};

struct polled_provider {
    struct provider *provider;
    struct quota quota;
    struct breaker breaker;
    int64_t throttled_until_ms;
    int64_t throttle_ms;                        /* the next pause when the provider names none */
    int64_t off_until_ms[PROVIDER_FUNCTIONS_N]; /* not entitled */
    int64_t key_retry_ms;                       /* while the key is invalid */
    bool has_invalid_key;
    struct poll_batch *open[PROVIDER_FUNCTIONS_N]; /* gathered in this turn, not asked yet */
    uint32_t day_shared_n;                         /* of the day's requests, those that the archive knows too */
    /* poller_usage.c: what the archive counts already may be asked: up to so many requests ever, until then. */
    uint64_t granted_n, saving_n;
    int64_t granted_until_ms, saving_until_ms; /* saving: of the save under way */
    int64_t grant_wanted_ms;                   /* since when; 0: it is not */
    uint64_t quotes_n, requests_n;
    int64_t last_request_wall_ms, last_error_wall_ms, last_answer_wall_ms; /* 0 = never */
    bool is_error_over;                                                    /* it answered since */
    char last_error[160];
};

struct poller {
    struct poller_config config;
    struct archivist *archivist;
    const struct price_archive *archive; /* which of its functions there are */
    struct bus_publisher *publisher;
    struct provider_list list;
    /* {providers_lock}: the poller holds it in its turns and when an answer comes (recursive: one may be cancelled
     * in a turn), never while it sleeps; the historian for moments. */
    struct polled_provider providers[POLL_PROVIDERS_MAX];
    size_t providers_n; /* constant */
    pthread_mutex_t providers_lock;
    atomic_bool is_leading; /* any; what `fence` says */
    struct poll_table table;
    struct http_fetch *fetch;

    uint64_t fence; /* 0: another leads, or nobody can */
    struct bus_epoch epoch;
    uint64_t seq; /* the bus' number as far as we know */
    bool needs_book, needs_restore;
    bool is_bus_away, is_archive_away;
    bool has_more_dirty; /* than one save takes */
    bool is_full_logged;
    int64_t refusal_logged_ms; /* refused quotes are logged now and then, counted always */
    bool has_held;             /* the held symbols were loaded once */
    bool needs_usage, is_usage_logged;
    bool is_usage_away; /* the last save failed */
    int64_t usage_wait_until_ms, usage_due_ms;
    uint64_t usage_saved_n; /* requests of all providers that the archive was told of */
    /* When each is next done; monotonic ms. */
    int64_t lead_due_ms, position_due_ms, book_due_ms, restore_due_ms, held_due_ms, stale_due_ms, archive_due_ms,
        health_due_ms;

    struct poller_questions questions;
    struct quote *batch; /* what this turn gathered */
    size_t batch_n, batch_capacity;

    pthread_t thread;
    bool is_started;
    atomic_bool is_stopping; /* any */
    pthread_mutex_t lock;
    struct strbuf health; /* {lock} */
    struct strbuf report; /* {lock} of the providers */
    bool is_down;         /* {lock} */
};

int64_t poller_now_ms(const struct poller *poller); /* monotonic */

/* ---- poller_lead.c ---- */
/* Takes, renews or loses the leadership when it is time. */
void poller_lead(struct poller *poller, int64_t now_ms);
void poller_lead_end(struct poller *poller, const char *reason);
/* Learns the bus' number, the book, the held and watched symbols. */
void poller_look(struct poller *poller, int64_t now_ms);
/* Notes what an answer says of the bus' position. */
void poller_note(struct poller *poller, const struct bus_published *published);

/* ---- poller_archive.c ---- */
/* Publishes the last known prices that the bus does not have. */
void poller_restore(struct poller *poller, int64_t now_ms);
/* Hands what changed to the archive, now and then. */
void poller_archive(struct poller *poller, int64_t now_ms);
/* All that is left, and waits for it: the last thing the poller does. */
void poller_archive_rest(struct poller *poller, int64_t now_ms);

/* ---- poller_publish.c ---- */
/* How long a confirmation of the symbol's quote counts. */
int64_t poller_ttl_ms(const struct poller *poller, const struct polled_symbol *polled);
/* Takes a provider's quote into the turn's batch, unless it is refused or
 * changes nothing. */
void poller_offer(struct poller *poller, struct polled_provider *from, const struct quote *quote, int64_t now_ms);
void poller_mark_stale(struct poller *poller, int64_t now_ms);
/* Publishes the batch; UNAVAILABLE when the bus is away or the lead is lost. */
PF_MUST_CHECK enum status poller_flush(struct poller *poller, int64_t now_ms);
/* Publishes these at most chunk at a time; quotes refused one by one are counted. */
PF_MUST_CHECK enum status poller_publish(struct poller *poller, const struct quote *quotes, size_t n, size_t chunk,
                                         int64_t now_ms);

/* ---- poller_listed.c ---- */
/* Must the catalog be looked into, before the symbol is asked for? */
bool poller_listed_is_needed(const struct poller *poller, const struct polled_symbol *polled);
/* Has the archive look for those whose questions wait for it, and asks for those that it has looked for. */
void poller_listed(struct poller *poller, int64_t now_ms);
/* Is it one of those that a provider that makes its prices up has a price for? */
bool poller_listed_is_real(const struct poller *poller, const struct polled_symbol *polled);

/* ---- poller_ask.c ---- */
void poller_ask(struct poller *poller, int64_t now_ms);
/* When the symbol is looked at next. It is out of the heap while a request for
 * it is under way. */
void poller_due_set(struct poller *poller, struct polled_symbol *polled, int64_t due_ms);
bool poller_provider_is_open(const struct polled_provider *polled, int64_t now_ms); /* it can be asked */
/* It does not take the key now, or the plan does not include prices of such a symbol. */
bool poller_provider_refuses(const struct polled_provider *it, const struct symbol *symbol, int64_t now_ms);
/* Does provider i have prices of this symbol, as far as is known? */
bool poller_provider_knows(const struct poller *poller, size_t i, const struct polled_symbol *polled, int64_t now_ms);

/* ---- poller_answer.c ---- */
/* Of the batch in context, which it frees. */
void poller_on_answer(void *context, const struct http_answer *http);
/* What an answer to the query means for the provider: its breaker, its pauses, what it is not entitled to. */
void poller_provider_answered(struct poller *poller, struct polled_provider *it, const struct provider_query *query,
                              const struct provider_answer *answer, const struct http_answer *http);

/* ---- poller_usage.c ---- */
/* The lead begins. */
void poller_usage_lead(struct poller *poller, int64_t now_ms);
/* Loads and saves, when it is time. */
void poller_usage(struct poller *poller, int64_t now_ms);
/* Nobody is asked before it is known what was used. */
bool poller_usage_is_awaited(const struct poller *poller, int64_t now_ms);
/* May the provider be asked once more? Not before the archive has counted that, so that a crash forgets no request.
 * False: soon. Thread: any, under providers_lock. */
bool poller_usage_grants(struct poller *poller, struct polled_provider *it, int64_t now_ms);
/* What is not saved yet, and waits for it. */
void poller_usage_rest(struct poller *poller, int64_t now_ms);

/* ---- poller_replay.c ---- */
/* Publishes what the replays have due. Returns when to come again. */
int64_t poller_replay(struct poller *poller, int64_t now_ms);

/* ---- poller_health.c, poller_report.c ---- */
/* "live", "throttled", …: what the provider is up to. */
const char *poller_provider_state(struct poller *poller, struct polled_provider *it, int64_t now_ms);
void poller_report_write(struct poller *poller, struct strbuf *out, int64_t now_ms);
void poller_health_update(struct poller *poller, int64_t now_ms);

#endif
