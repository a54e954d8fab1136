/* What bus_memory.c (the ledger, the publisher) and memory_attachment.c (a
 * loop's end) share. Not for others. */
#ifndef PF_FEED_BUS_MEMORY_INTERNAL_H
#define PF_FEED_BUS_MEMORY_INTERNAL_H

#include "base/list.h"
#include "feed/bus_memory.h"
#include "feed/quote_ledger.h"
#include "feed/watched_symbols.h"

#include <pthread.h>
#include <string.h>

#define MEMORY_RATES_MAX 8

/* Added up for the loops: memory_rates.c. */
struct memory_rates {
    const char *table;
    struct rate_limit *sums; /* NULL: the row is free */
};

struct bus_memory {
    const struct clock *clock;
    pthread_mutex_t lock;
    struct quote_ledger *ledger;                 /* {lock} */
    struct list attachments;                     /* {lock} struct memory_attachment */
    struct watched_symbols watched;              /* {lock} */
    struct memory_rates rates[MEMORY_RATES_MAX]; /* {lock} */
    bool has_leader;                             /* {lock} */
    bool is_restored;                            /* {lock} the one epoch has its last known prices */
};

/* Publishes a batch; the refusal is in *ret_published, the return value tells
 * of memory only. Thread: any. */
PF_MUST_CHECK enum status bus_memory_publish(struct bus_memory *memory, const struct quote *quotes, size_t n, bool keep,
                                             uint64_t fence, struct bus_published *ret_published);

/* Posts an event to every loop. Thread: any, holding the lock. */
void memory_attachments_tell(struct bus_memory *memory, uint64_t seq, const struct quote *quotes, size_t n);
/* Thread: any, not holding the lock. */
void memory_answers_tell(struct bus_memory *memory, const struct answered_symbol *answers, size_t n);
void memory_restored_set(struct bus_memory *memory);
void memory_leader_set(struct bus_memory *memory, bool has_leader);

/* memory_rates.c. Thread: any, not holding the lock. */
PF_MUST_CHECK enum status memory_rates_share(struct bus_memory *memory, const struct bus_rates *rates,
                                             bus_rates_fn done, void *context);
void memory_rates_fini(struct bus_memory *memory);

#endif
