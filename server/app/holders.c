/* Owns the index from symbols to positions. Thread: L. */
#include "app/holders.h"

#include <stdlib.h>
#include <string.h>

void holders_fini(struct holders *holders) {
    for (size_t i = 0; i < holders->symbols_n; i++)
        free(holders->symbols[i].items);
    free(holders->symbols);
    *holders = (struct holders){0};
}

static enum status symbols_reach(struct holders *holders, symbol_index symbol) {
    if (symbol < holders->symbols_n)
        return STATUS_OK;
    size_t wanted_n = ((size_t)symbol + 1) * 2;
    struct symbol_holders *symbols = realloc(holders->symbols, wanted_n * sizeof *symbols);
    if (!symbols)
        return STATUS_NO_MEMORY;
    memset(symbols + holders->symbols_n, 0, (wanted_n - holders->symbols_n) * sizeof *symbols);
    holders->symbols = symbols;
    holders->symbols_n = wanted_n;
    return STATUS_OK;
}

static enum status holder_push(struct holders *holders, symbol_index symbol, struct holder holder,
                               uint32_t *ret_place) {
    enum status status = symbols_reach(holders, symbol);
    if (status != STATUS_OK)
        return status;
    struct symbol_holders *of = &holders->symbols[symbol];
    if (of->n == of->capacity) {
        uint32_t capacity = of->capacity ? of->capacity * 2 : 4;
        struct holder *items = realloc(of->items, capacity * sizeof *items);
        if (!items)
            return STATUS_NO_MEMORY;
        of->items = items;
        of->capacity = capacity;
    }
    *ret_place = of->n;
    of->items[of->n++] = holder;
    return STATUS_OK;
}

/* The last holder takes the place of the removed one. */
static void holder_pop(struct holders *holders, symbol_index symbol, uint32_t place) {
    struct symbol_holders *of = &holders->symbols[symbol];
    struct holder moved = of->items[--of->n];
    if (place != of->n) {
        of->items[place] = moved;
        moved.held->holder_places[moved.position] = place;
    }
}

static void holders_remove_first(struct holders *holders, struct held_portfolio *held, size_t n) {
    for (size_t i = 0; i < n; i++)
        holder_pop(holders, held->portfolio->positions[i].symbol, held->holder_places[i]);
    free(held->holder_places);
    held->holder_places = NULL;
}

enum status holders_add(struct holders *holders, struct held_portfolio *held) {
    const struct portfolio *portfolio = held->portfolio;
    if (portfolio->positions_n == 0)
        return STATUS_OK;
    held->holder_places = calloc(portfolio->positions_n, sizeof *held->holder_places);
    if (!held->holder_places)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        struct holder holder = {held, (uint32_t)i};
        enum status status = holder_push(holders, portfolio->positions[i].symbol, holder, &held->holder_places[i]);
        if (status != STATUS_OK) {
            holders_remove_first(holders, held, i);
            return status;
        }
    }
    return STATUS_OK;
}

void holders_remove(struct holders *holders, struct held_portfolio *held) {
    if (held->holder_places)
        holders_remove_first(holders, held, held->portfolio->positions_n);
}

const struct symbol_holders *holders_of(const struct holders *holders, symbol_index symbol) {
    return symbol < holders->symbols_n && holders->symbols[symbol].n ? &holders->symbols[symbol] : NULL;
}
