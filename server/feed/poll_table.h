/* What the poller knows of each symbol: whether somebody holds or watches it,
 * what the bus has stored, when it was last confirmed, when it is asked for
 * next. Bounded; entries stay until they are forgotten. Thread: the poller's. */
#ifndef PF_FEED_POLL_TABLE_H
#define PF_FEED_POLL_TABLE_H

#include "base/heap.h"
#include "base/map.h"
#include "feed/bus.h"

#define POLL_SYMBOLS_MAX 100000
#define POLL_PROVIDERS_MAX 10

struct polled_symbol {
    struct symbol symbol;
    struct heap_entry due; /* set while held or asked for, and not in flight */
    bool is_held, is_watched;
    bool is_in_batch; /* the batch of this turn has a quote of it */
    bool is_dirty;    /* the archive does not have `stored` yet */
    bool is_saving;   /* it is being given what was `stored` a moment ago */
    bool is_stored;   /* the bus has `stored` */
    bool is_named;    /* scratch: the list at hand has it */
    /* poller_questions.h */
    bool is_asked;     /* a question for it is open; it is in the heap or in flight then, held or not */
    bool is_over;      /* the question is to be answered */
    bool is_guest;     /* in the ring of those that are forgotten */
    bool is_in_flight; /* a provider is being asked */
    /* poller_listed.c */
    bool is_listed;  /* the catalog has it, as far as was looked */
    bool is_sought;  /* its question waits for that */
    bool is_seeking; /* the archive is looking */
    size_t place;    /* in the table */
    int64_t question_ms;
    struct quote stored;
    uint64_t seq;         /* of `stored`, as far as known */
    int64_t confirmed_ms; /* when its provider last said so */
    int64_t asked_ms;     /* when it was last asked for */
    int64_t ttl_ms;       /* how long it stays fresh at least, when its provider is slow by nature */
    /* Of each provider: it does not know the symbol; it has no request to spare for it. */
    int64_t unknown_until_ms[POLL_PROVIDERS_MAX], paced_until_ms[POLL_PROVIDERS_MAX];
    uint32_t answered_mask; /* bit i: provider i was asked and did more than let the time pass, since the question */
    uint32_t alone_mask;    /* bit i: provider i refused a batch because of one of its symbols */
};

struct poll_table {
    struct map by_symbol;
    struct polled_symbol **all;
    size_t n, capacity;
    size_t held_n;
    struct heap due;
};

void poll_table_init(struct poll_table *table);
void poll_table_fini(struct poll_table *table);
/* Found or added; NULL when the table is full or memory is short. */
struct polled_symbol *poll_table_get(struct poll_table *table, const struct symbol *symbol);
struct polled_symbol *poll_table_find(const struct poll_table *table, const struct symbol *symbol);

/* These symbols are held, all others are not. New ones become due within
 * spread_ms, each at its own place. Returns how many did not fit. */
size_t poll_table_set_held(struct poll_table *table, const struct symbol *symbols, size_t n, int64_t now_ms,
                           int64_t spread_ms);
void poll_table_set_watched(struct poll_table *table, const struct symbol *symbols, size_t n);

/* The bus has exactly these quotes. What is new or has changed counts as
 * confirmed now and is dirty. */
void poll_table_set_book(struct poll_table *table, const struct numbered_quote *quotes, size_t n, int64_t now_ms);
/* A quote was published: the bus has it. */
void poll_table_set_stored(struct polled_symbol *polled, const struct quote *quote, uint64_t seq, int64_t now_ms);
/* Every staleness clock starts anew. */
void poll_table_confirm_all(struct poll_table *table, int64_t now_ms);

/* Removes the entry, unless somebody needs it: it is held, asked for, has a
 * price, or the archive is being given one. */
void poll_table_forget(struct poll_table *table, struct polled_symbol *polled);

/* A place in [0, span_ms) that depends on the symbol only. */
int64_t poll_table_place(const struct symbol *symbol, int64_t span_ms);

#endif
