/* Who holds what: for each symbol the positions to revalue when its quote
 * changes. Adding and removing one is O(1). Thread: L. */
#ifndef PF_APP_HOLDERS_H
#define PF_APP_HOLDERS_H

#include "app/held_portfolio.h"

struct holder {
    struct held_portfolio *held;
    uint32_t position;
};

struct symbol_holders {
    struct holder *items;
    uint32_t n, capacity;
};

struct holders {
    struct symbol_holders *symbols; /* by symbol_index */
    size_t symbols_n;
};

void holders_fini(struct holders *holders);
/* Registers all positions of held->portfolio (sets held->holder_places), or
 * none of them on STATUS_NO_MEMORY. */
PF_MUST_CHECK enum status holders_add(struct holders *holders, struct held_portfolio *held);
void holders_remove(struct holders *holders, struct held_portfolio *held);
/* NULL when nobody holds it. */
const struct symbol_holders *holders_of(const struct holders *holders, symbol_index symbol);

#endif
