/* The numbering rules of the bus in C: what publish.lua does inside Redis,
 * for bus_memory, and as the oracle that the script is tested against.
 * Thread: the owner's; pure but for allocation. */
#ifndef PF_FEED_QUOTE_LEDGER_H
#define PF_FEED_QUOTE_LEDGER_H

#include "feed/bus.h"

#define QUOTE_FUTURE_MAX_MS 5000

struct quote_ledger;

/* What the script finds around it. */
struct quote_ledger_call {
    const char *replid;                /* of the server that runs the script; "" in memory */
    const struct bus_epoch *new_epoch; /* the candidate, should one begin */
    uint64_t fence;                    /* 0 = by hand */
    bool keep_previous_close;
    int64_t now_ms;
};

PF_MUST_CHECK enum status quote_ledger_create(struct quote_ledger **ret_ledger);
void quote_ledger_destroy(struct quote_ledger **ledger);

/* What must hold of each quote before any bus takes it: a symbol, a price above
 * 0, a currency, a plain source, a time of this era. INVALID with a detail. */
PF_MUST_CHECK enum status quote_batch_check(const struct quote *quotes, size_t n, char *detail, size_t detail_len);

/* Publishes a checked batch. The answer is in *ret_published; on is called for
 * each quote that took the number, as it is stored (may be NULL). Returns
 * NO_MEMORY only, with nothing changed. */
PF_MUST_CHECK enum status quote_ledger_publish(struct quote_ledger *ledger, const struct quote_ledger_call *call,
                                               const struct quote *quotes, size_t n,
                                               void (*on_stored)(void *context, const struct quote *quote),
                                               void *context, struct bus_published *ret_published);

/* epoch "" before the first publication. */
void quote_ledger_position(const struct quote_ledger *ledger, struct bus_epoch *ret_epoch, uint64_t *ret_seq);
uint64_t quote_ledger_fence(const struct quote_ledger *ledger);
void quote_ledger_raise_fence(struct quote_ledger *ledger, uint64_t fence);
/* A copy of all stored quotes; malloc'd, the caller's. */
PF_MUST_CHECK enum status quote_ledger_book(const struct quote_ledger *ledger, struct numbered_quote **ret_quotes,
                                            size_t *ret_n);

#endif
