/* Which symbols were asked for, and when: pf:watched of an in-process bus.
 * Bounded. Thread: the owner's (bus_memory guards it by its lock). */
#ifndef PF_FEED_WATCHED_SYMBOLS_H
#define PF_FEED_WATCHED_SYMBOLS_H

#include "base/map.h"
#include "domain/symbol.h"

#define WATCHED_SYMBOLS_MAX 100000

struct watched_symbols {
    struct map by_symbol;
};

void watched_symbols_init(struct watched_symbols *watched);
void watched_symbols_fini(struct watched_symbols *watched);
/* Best effort: past the bound, or out of memory, a symbol is merely not preferred. */
void watched_symbols_add(struct watched_symbols *watched, const struct symbol *symbols, size_t n, int64_t now_ms);
/* Those asked for at oldest_ms or later; forgets the others. malloc'd, the caller's. */
PF_MUST_CHECK enum status watched_symbols_take(struct watched_symbols *watched, int64_t oldest_ms,
                                               struct symbol **ret_symbols, size_t *ret_n);

#endif
