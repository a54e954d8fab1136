/* Owns the index from symbols to positions, and what prices moved.
 * Refuses nothing but memory it cannot have. Thread: L. */
#include "domain/holders.h"

#include <stdlib.h>
#include <string.h>

/* How far ahead of its use memory is asked for: measured with ten million positions (bench_revaluation). */
#define PREFETCH_ITEMS 24

struct holder {
    struct quantity quantity; /* of a valued position; else of no meaning */
    uint32_t slot, position;
};

/* The holders whose position the symbol's quote prices come first. */
struct symbol_holders {
    struct holder *items;
    uint32_t n, valued_n, capacity;
};

/* By slot: a portfolio's place here, handed out again after its removal. */
struct holders {
    struct symbol_holders *symbols; /* by symbol_index */
    size_t symbols_n;

    struct amount *moved;          /* since `settled` of the portfolio: of rows with a day's change */
    struct amount *moved_flat;     /* of rows without */
    bool *is_changed;              /* in `changed` */
    struct portfolio **portfolios; /* NULL: free */
    void **owners;
    uint32_t *free_slots;
    uint32_t slots_n, free_n, capacity;

    uint32_t *changed; /* slots, each once; one more than capacity, for the store before the test */
    uint32_t changed_n;
};

enum status holders_create(struct holders **ret_holders) {
    struct holders *holders = calloc(1, sizeof *holders);
    if (!holders)
        return STATUS_NO_MEMORY;
    *ret_holders = holders;
    return STATUS_OK;
}

void holders_destroy(struct holders **holders) {
    struct holders *dying = *holders;
    if (!dying)
        return;
    for (size_t i = 0; i < dying->symbols_n; i++)
        free(dying->symbols[i].items);
    free(dying->symbols);
    free(dying->moved);
    free(dying->moved_flat);
    free(dying->is_changed);
    free(dying->portfolios);
    free(dying->owners);
    free(dying->free_slots);
    free(dying->changed);
    free(dying);
    *holders = NULL;
}

/* Grows an array, with zeros behind; on failure it stays as it was. */
static bool array_reach(void **array, size_t n, size_t wanted_n, size_t item_bytes) {
    char *grown = realloc(*array, wanted_n * item_bytes);
    if (!grown)
        return false;
    memset(grown + n * item_bytes, 0, (wanted_n - n) * item_bytes);
    *array = grown;
    return true;
}

/* Slots. */

static enum status slots_reach(struct holders *holders) {
    if (holders->free_n > 0 || holders->slots_n < holders->capacity)
        return STATUS_OK;
    if (holders->capacity > UINT32_MAX / 4)
        return STATUS_LIMIT;
    uint32_t n = holders->capacity, wanted_n = n ? n * 2 : 64;
    if (!array_reach((void **)&holders->moved, n, wanted_n, sizeof *holders->moved) ||
        !array_reach((void **)&holders->moved_flat, n, wanted_n, sizeof *holders->moved_flat) ||
        !array_reach((void **)&holders->is_changed, n, wanted_n, sizeof *holders->is_changed) ||
        !array_reach((void **)&holders->portfolios, n, wanted_n, sizeof(struct portfolio *)) ||
        !array_reach((void **)&holders->owners, n, wanted_n, sizeof *holders->owners) ||
        !array_reach((void **)&holders->free_slots, n, wanted_n, sizeof *holders->free_slots) ||
        !array_reach((void **)&holders->changed, n, (size_t)wanted_n + 1, sizeof *holders->changed))
        return STATUS_NO_MEMORY;
    holders->capacity = wanted_n;
    return STATUS_OK;
}

static void mark(struct holders *holders, uint32_t slot) {
    holders->changed[holders->changed_n] = slot;
    holders->changed_n += holders->is_changed[slot] ? 0 : 1;
    holders->is_changed[slot] = true;
}

void holders_mark(struct holders *holders, const struct portfolio *portfolio) {
    mark(holders, portfolio->slot);
}

struct totals holders_totals(const struct portfolio *portfolio) {
    struct totals totals = portfolio->settled;
    const struct holders *holders = portfolio->holders;
    if (holders)
        totals_move(&totals, holders->moved[portfolio->slot], holders->moved_flat[portfolio->slot]);
    return totals;
}

static void slot_settle(struct holders *holders, uint32_t slot) {
    holders->portfolios[slot]->settled = holders_totals(holders->portfolios[slot]);
    holders->moved[slot] = holders->moved_flat[slot] = (struct amount){0};
}

void holders_tell(struct holders *holders, holders_on_changed on_changed, void *context) {
    void *owners[HOLDERS_CHUNK_MAX];
    size_t n = 0;
    for (uint32_t i = 0; i < holders->changed_n; i++) {
        uint32_t slot = holders->changed[i];
        holders->is_changed[slot] = false;
        if (holders->owners[slot]) /* not removed in the pass */
            owners[n++] = holders->owners[slot];
        if (n == HOLDERS_CHUNK_MAX || (n > 0 && i + 1 == holders->changed_n)) {
            on_changed(context, owners, n);
            n = 0;
        }
    }
    holders->changed_n = 0;
}

void holders_ask_for(const struct portfolio *portfolio) {
    const struct holders *holders = portfolio->holders;
    if (!holders)
        return;
    __builtin_prefetch(&holders->moved[portfolio->slot]);
    __builtin_prefetch(&holders->moved_flat[portfolio->slot]);
}

/* Symbols. */

static struct position *position_of(const struct holders *holders, const struct holder *holder) {
    return &holders->portfolios[holder->slot]->positions[holder->position];
}

static void place_holder(struct holders *holders, struct symbol_holders *of, uint32_t place, struct holder holder) {
    of->items[place] = holder;
    position_of(holders, &holder)->place = place;
}

static void swap_holders(struct holders *holders, struct symbol_holders *of, uint32_t a, uint32_t b) {
    struct holder from_a = of->items[a];
    place_holder(holders, of, a, of->items[b]);
    place_holder(holders, of, b, from_a);
}

static enum status symbols_reach(struct holders *holders, symbol_index symbol) {
    if (symbol < holders->symbols_n)
        return STATUS_OK;
    size_t wanted_n = ((size_t)symbol + 1) * 2;
    if (!array_reach((void **)&holders->symbols, holders->symbols_n, wanted_n, sizeof *holders->symbols))
        return STATUS_NO_MEMORY;
    holders->symbols_n = wanted_n;
    return STATUS_OK;
}

static enum status holder_push(struct holders *holders, struct portfolio *portfolio, uint32_t position_i,
                               const struct quote *quote) {
    const struct position *position = &portfolio->positions[position_i];
    enum status status = symbols_reach(holders, position->symbol);
    if (status != STATUS_OK)
        return status;
    struct symbol_holders *of = &holders->symbols[position->symbol];
    if (of->n == of->capacity) {
        uint32_t wanted_n = of->capacity ? of->capacity * 2 : 4;
        if (of->capacity > UINT32_MAX / 4)
            return STATUS_LIMIT;
        if (!array_reach((void **)&of->items, of->capacity, wanted_n, sizeof *of->items))
            return STATUS_NO_MEMORY;
        of->capacity = wanted_n;
    }
    struct holder holder = {{(int64_t)position->quantity.e8}, portfolio->slot, position_i};
    place_holder(holders, of, of->n++, holder);
    if (position_is_valued(portfolio, position, quote))
        swap_holders(holders, of, of->valued_n++, of->n - 1);
    return STATUS_OK;
}

/* The last valued one takes the place of a valued one; then the last of all takes the place left open. */
static void holder_pop(struct holders *holders, const struct position *position) {
    struct symbol_holders *of = &holders->symbols[position->symbol];
    uint32_t open = position->place;
    if (open < of->valued_n) {
        uint32_t last_valued = --of->valued_n;
        if (open != last_valued)
            place_holder(holders, of, open, of->items[last_valued]);
        open = last_valued;
    }
    uint32_t last = --of->n;
    if (open != last)
        place_holder(holders, of, open, of->items[last]);
}

static void holders_remove_first(struct holders *holders, struct portfolio *portfolio, size_t n) {
    for (size_t i = 0; i < n; i++)
        holder_pop(holders, &portfolio->positions[i]);
    uint32_t slot = portfolio->slot;
    portfolio->holders = NULL;
    holders->moved[slot] = holders->moved_flat[slot] = (struct amount){0};
    holders->portfolios[slot] = NULL;
    holders->owners[slot] = NULL;
    holders->free_slots[holders->free_n++] = slot;
}

enum status holders_add(struct holders *holders, struct portfolio *portfolio, const struct price_book *book,
                        void *owner) {
    enum status status = slots_reach(holders);
    if (status != STATUS_OK)
        return status;
    uint32_t slot = holders->free_n > 0 ? holders->free_slots[--holders->free_n] : holders->slots_n++;
    portfolio->slot = slot;
    portfolio->holders = holders;
    holders->portfolios[slot] = portfolio;
    holders->owners[slot] = owner;
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        const struct quote *quote = price_book_quote(price_book_entry_at(book, portfolio->symbols[i]));
        status = holder_push(holders, portfolio, (uint32_t)i, quote);
        if (status != STATUS_OK) {
            holders_remove_first(holders, portfolio, i);
            return status;
        }
    }
    mark(holders, slot);
    return STATUS_OK;
}

void holders_remove(struct holders *holders, struct portfolio *portfolio) {
    holders_remove_first(holders, portfolio, portfolio->positions_n);
}

/* Revaluation. */

/* The inner loop: millions of turns a second, in the order of the slots as long as they were added in it. */
static void move_values(struct holders *holders, const struct symbol_holders *of, struct price before,
                        struct price after, struct amount *moved) {
    const struct holder *items = of->items;
    uint32_t *changed = holders->changed;
    bool *is_changed = holders->is_changed;
    uint32_t changed_n = holders->changed_n, valued_n = of->valued_n;
    for (uint32_t i = 0; i < valued_n; i++) {
        uint32_t slot = items[i].slot, ahead = items[i + PREFETCH_ITEMS < valued_n ? i + PREFETCH_ITEMS : i].slot;
        __builtin_prefetch(&moved[ahead], 1);
        moved[slot].e8 += valuation_move(items[i].quantity, before, after).e8;
        changed[changed_n] = slot; /* without a branch: whether it counts is seldom foreseeable */
        changed_n += is_changed[slot] ? 0 : 1;
        is_changed[slot] = true;
    }
    holders->changed_n = changed_n;
}

/* Any change: each row leaves the totals as it was and comes back as it is. */
static void value_anew(struct holders *holders, struct symbol_holders *of, const struct quote *before,
                       const struct quote *after) {
    uint32_t valued_before_n = of->valued_n;
    of->valued_n = 0;
    for (uint32_t i = 0; i < of->n; i++) {
        uint32_t slot = of->items[i].slot;
        struct portfolio *portfolio = holders->portfolios[slot];
        const struct position *position = position_of(holders, &of->items[i]);
        struct position_value was = position_value(portfolio, position, i < valued_before_n ? before : NULL);
        struct position_value is = position_value(portfolio, position, after);
        slot_settle(holders, slot);
        totals_remove(&portfolio->settled, position->cost_basis, &was);
        totals_add(&portfolio->settled, position->cost_basis, &is);
        mark(holders, slot);
        if (is.is_priced)
            swap_holders(holders, of, of->valued_n++, i);
    }
}

size_t holders_revalue(struct holders *holders, const struct price_book_entry *entry, const struct quote *before) {
    struct symbol_holders *of = entry->index < holders->symbols_n ? &holders->symbols[entry->index] : NULL;
    if (!of || of->n == 0)
        return 0;
    const struct quote *after = price_book_quote(entry);
    bool is_mere_move = before && after && before->previous_close.e8 == after->previous_close.e8 &&
                        before->session == after->session && currency_equal(before->currency, after->currency);
    if (!is_mere_move) {
        value_anew(holders, of, before, after);
        return of->n;
    }
    move_values(holders, of, before->price, after->price,
                after->previous_close.e8 > 0 ? holders->moved : holders->moved_flat);
    return of->valued_n;
}
