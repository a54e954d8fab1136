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

/* A position whose rate the symbol's quote is. */
struct dependent {
    uint32_t slot, position;
};

/* In this order: the holders whose position the symbol's quote prices in their portfolio's currency, those whose it
 * prices in another (or across a split), the rest. */
struct symbol_holders {
    struct holder *items;
    struct dependent *dependents;
    uint32_t n, valued_n, converted_n, capacity;
    uint32_t dependents_n, dependents_capacity;
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
    size_t past_bound_n;
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
    for (size_t i = 0; i < dying->symbols_n; i++) {
        free(dying->symbols[i].items);
        free(dying->symbols[i].dependents);
    }
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

/* Room for one more in a list of a symbol. */
static enum status list_reach(void **items, uint32_t n, uint32_t *capacity, size_t item_bytes) {
    if (n < *capacity)
        return STATUS_OK;
    uint32_t wanted_n = *capacity ? *capacity * 2 : 4;
    if (*capacity > UINT32_MAX / 4)
        return STATUS_LIMIT;
    if (!array_reach(items, *capacity, wanted_n, item_bytes))
        return STATUS_NO_MEMORY;
    *capacity = wanted_n;
    return STATUS_OK;
}

/* Moves the item at `place`, the first that is not sorted yet, to where it belongs. */
static void holder_sort(struct holders *holders, struct symbol_holders *of, uint32_t place, enum position_way way) {
    if (way == POSITION_UNVALUED)
        return;
    uint32_t open = of->valued_n + of->converted_n;
    swap_holders(holders, of, open, place);
    if (way == POSITION_CONVERTED) {
        of->converted_n++;
    } else {
        swap_holders(holders, of, of->valued_n, open);
        of->valued_n++;
    }
}

static enum status holder_push(struct holders *holders, struct portfolio *portfolio, uint32_t position_i,
                               const struct quote *quote) {
    const struct position *position = &portfolio->positions[position_i];
    enum status status = symbols_reach(holders, position->symbol);
    if (status != STATUS_OK)
        return status;
    struct symbol_holders *of = &holders->symbols[position->symbol];
    status = list_reach((void **)&of->items, of->n, &of->capacity, sizeof *of->items);
    if (status != STATUS_OK)
        return status;
    struct holder holder = {{(int64_t)position->quantity.e8}, portfolio->slot, position_i};
    place_holder(holders, of, of->n++, holder);
    holder_sort(holders, of, of->n - 1, position_way_of_moves(portfolio, position, quote));
    return STATUS_OK;
}

/* The last of a part takes the place left open in it, and leaves its own to the next part. */
static void holder_pop(struct holders *holders, const struct position *position) {
    struct symbol_holders *of = &holders->symbols[position->symbol];
    uint32_t open = position->place;
    if (open < of->valued_n) {
        uint32_t last = --of->valued_n;
        if (open != last)
            place_holder(holders, of, open, of->items[last]);
        open = last;
    } else if (open < of->valued_n + of->converted_n) {
        of->converted_n--;
    } else {
        uint32_t last = --of->n;
        if (open != last)
            place_holder(holders, of, open, of->items[last]);
        return;
    }
    uint32_t last_priced = of->valued_n + of->converted_n;
    if (open != last_priced)
        place_holder(holders, of, open, of->items[last_priced]);
    uint32_t last = --of->n;
    if (last_priced != last)
        place_holder(holders, of, last_priced, of->items[last]);
}

static struct conversion *conversion_at(const struct holders *holders, struct dependent dependent) {
    return &holders->portfolios[dependent.slot]->conversions[dependent.position];
}

static enum status dependent_push(struct holders *holders, const struct portfolio *portfolio, uint32_t position_i) {
    if (!portfolio->conversions || portfolio->conversions[position_i].factor == 0 ||
        portfolio->conversions[position_i].pair == SYMBOL_NONE)
        return STATUS_OK;
    struct dependent dependent = {portfolio->slot, position_i};
    struct conversion *conversion = conversion_at(holders, dependent);
    enum status status = symbols_reach(holders, conversion->pair);
    if (status != STATUS_OK)
        return status;
    struct symbol_holders *of = &holders->symbols[conversion->pair];
    status = list_reach((void **)&of->dependents, of->dependents_n, &of->dependents_capacity, sizeof *of->dependents);
    if (status != STATUS_OK)
        return status;
    conversion->place = of->dependents_n;
    of->dependents[of->dependents_n++] = dependent;
    return STATUS_OK;
}

static void dependent_pop(struct holders *holders, const struct conversion *conversion) {
    if (!conversion || conversion->pair == SYMBOL_NONE)
        return;
    struct symbol_holders *of = &holders->symbols[conversion->pair];
    struct dependent last = of->dependents[--of->dependents_n];
    of->dependents[conversion->place] = last;
    conversion_at(holders, last)->place = conversion->place;
}

static void holders_remove_first(struct holders *holders, struct portfolio *portfolio, size_t n) {
    for (size_t i = 0; i < n; i++) {
        holder_pop(holders, &portfolio->positions[i]);
        dependent_pop(holders, position_conversion(portfolio, &portfolio->positions[i]));
    }
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
        if (status == STATUS_OK) {
            status = dependent_push(holders, portfolio, (uint32_t)i);
            if (status != STATUS_OK)
                holder_pop(holders, &portfolio->positions[i]);
        }
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

size_t holders_take_past_bound(struct holders *holders) {
    size_t n = holders->past_bound_n;
    holders->past_bound_n = 0;
    return n;
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

/* What changed, among what did not. */
struct change {
    const struct price_book *book;
    symbol_index symbol;
    const struct quote *before, *after;
};

/* The two quotes that a row's value in its portfolio's currency hangs on. */
struct row_quotes {
    const struct quote *quote, *rate;
};

/* A row leaves the totals as it was and comes back as it is. */
static void value_row(struct holders *holders, uint32_t slot, const struct position *position, struct row_quotes before,
                      struct row_quotes after) {
    struct portfolio *portfolio = holders->portfolios[slot];
    struct position_value was = position_value_base(portfolio, position, before.quote, before.rate);
    struct position_value is = position_value_base(portfolio, position, after.quote, after.rate);
    struct amount cost = position_cost_base(portfolio, position);
    slot_settle(holders, slot);
    totals_remove(&portfolio->settled, cost, &was);
    totals_add(&portfolio->settled, cost, &is);
    mark(holders, slot);
    holders->past_bound_n += is.is_past_bound && !was.is_past_bound ? 1 : 0;
}

/* The row at the quote before and after; its rate as the totals have it. That of a symbol that is its own rate moves
 * only after it, among the dependents. */
static void value_holder(struct holders *holders, const struct change *change, const struct holder *holder) {
    const struct position *position = position_of(holders, holder);
    const struct conversion *conversion = position_conversion(holders->portfolios[holder->slot], position);
    const struct price_book_entry *entry = conversion_entry(conversion, change->book);
    const struct quote *rate = entry ? price_book_quote(entry) : NULL;
    if (entry && entry->index == change->symbol)
        rate = change->before;
    value_row(holders, holder->slot, position, (struct row_quotes){change->before, rate},
              (struct row_quotes){change->after, rate});
}

/* Any change of a quote: all rows anew, and each to the part where it belongs now. */
static void value_anew(struct holders *holders, const struct change *change, struct symbol_holders *of) {
    of->valued_n = of->converted_n = 0;
    for (uint32_t i = 0; i < of->n; i++) {
        const struct portfolio *portfolio = holders->portfolios[of->items[i].slot];
        const struct position *position = position_of(holders, &of->items[i]);
        value_holder(holders, change, &of->items[i]);
        holder_sort(holders, of, i, position_way_of_moves(portfolio, position, change->after));
    }
}

static size_t revalue_holders(struct holders *holders, const struct change *change, struct symbol_holders *of) {
    const struct quote *before = change->before, *after = change->after;
    bool is_mere_move = before && after && before->previous_close.e8 == after->previous_close.e8 &&
                        before->session == after->session && currency_equal(before->currency, after->currency) &&
                        quote_split_date_is_same(before, after);
    if (!is_mere_move) {
        value_anew(holders, change, of);
        return of->n;
    }
    move_values(holders, of, before->price, after->price,
                after->previous_close.e8 > 0 ? holders->moved : holders->moved_flat);
    for (uint32_t i = of->valued_n; i < of->valued_n + of->converted_n; i++)
        value_holder(holders, change, &of->items[i]);
    return of->valued_n + of->converted_n;
}

/* The rows whose rate it is, at their quotes as they are now. */
static void revalue_dependents(struct holders *holders, const struct change *change, const struct symbol_holders *of) {
    for (uint32_t i = 0; i < of->dependents_n; i++) {
        struct dependent dependent = of->dependents[i];
        const struct position *position = &holders->portfolios[dependent.slot]->positions[dependent.position];
        const struct quote *quote = price_book_quote(price_book_entry_at(change->book, position->symbol));
        value_row(holders, dependent.slot, position, (struct row_quotes){quote, change->before},
                  (struct row_quotes){quote, change->after});
    }
}

size_t holders_revalue(struct holders *holders, const struct price_book *book, const struct price_book_entry *entry,
                       const struct quote *before) {
    struct symbol_holders *of = entry->index < holders->symbols_n ? &holders->symbols[entry->index] : NULL;
    if (!of || (of->n == 0 && of->dependents_n == 0))
        return 0;
    const struct change change = {book, entry->index, before, price_book_quote(entry)};
    size_t n = of->dependents_n;
    if (of->n > 0)
        n += revalue_holders(holders, &change, of);
    if (of->dependents_n > 0)
        revalue_dependents(holders, &change, of);
    return n;
}
