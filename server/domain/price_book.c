/* Owns every quote a loop knows, staged and current. Refuses nothing but
 * memory it cannot have. Thread: L. */
#include "domain/price_book.h"

#include "base/map.h"
#include "domain/quote_split.h"

#include <stdlib.h>

/* What waits for the next pass. */
struct staged_quote {
    bool is_staged;
    struct quote quote;
    uint64_t seq, details_seq;
};

struct book_slot {
    struct price_book_entry entry;
    struct staged_quote staged;
    bool is_cleared; /* by price_book_stage_clear: unpriced at the next advance unless staged again */
};

struct price_book {
    struct map by_symbol;     /* symbol text -> slot */
    struct book_slot **slots; /* by symbol_index; slots do not move */
    uint64_t *seqs;           /* by symbol_index: slots[i]->entry.seq */
    size_t slots_n, capacity;
    symbol_index *pending; /* the slots that are staged or cleared, each once; capacity as slots */
    size_t pending_n;
};

enum status price_book_create(struct price_book **ret_book) {
    struct price_book *book = calloc(1, sizeof *book);
    if (!book)
        return STATUS_NO_MEMORY;
    map_init(&book->by_symbol);
    *ret_book = book;
    return STATUS_OK;
}

void price_book_destroy(struct price_book **book) {
    if (!*book)
        return;
    for (size_t i = 0; i < (*book)->slots_n; i++)
        free((*book)->slots[i]);
    free((*book)->slots);
    free((*book)->seqs);
    free((*book)->pending);
    map_fini(&(*book)->by_symbol);
    free(*book);
    *book = NULL;
}

static enum status book_grow(struct price_book *book) {
    size_t capacity = book->capacity ? book->capacity * 2 : 64;
    struct book_slot **slots = realloc(book->slots, capacity * sizeof(struct book_slot *));
    if (!slots)
        return STATUS_NO_MEMORY;
    book->slots = slots;
    uint64_t *seqs = realloc(book->seqs, capacity * sizeof *seqs);
    if (!seqs)
        return STATUS_NO_MEMORY;
    book->seqs = seqs;
    symbol_index *pending = realloc(book->pending, capacity * sizeof *pending);
    if (!pending)
        return STATUS_NO_MEMORY;
    book->pending = pending;
    book->capacity = capacity;
    return STATUS_OK;
}

enum status price_book_intern(struct price_book *book, const struct symbol *symbol, symbol_index *ret_index) {
    if (price_book_find(book, symbol, ret_index) == STATUS_OK)
        return STATUS_OK;
    if (book->slots_n == UINT32_MAX)
        return STATUS_LIMIT;
    if (book->slots_n == book->capacity) {
        enum status grown = book_grow(book);
        if (grown != STATUS_OK)
            return grown;
    }
    struct book_slot *slot = calloc(1, sizeof *slot);
    if (!slot)
        return STATUS_NO_MEMORY;
    slot->entry.symbol = *symbol;
    slot->entry.index = (symbol_index)book->slots_n;
    enum status put = map_put(&book->by_symbol, slot->entry.symbol.text, slot->entry.symbol.len, slot, NULL);
    if (put != STATUS_OK) {
        free(slot);
        return put;
    }
    book->seqs[book->slots_n] = 0;
    book->slots[book->slots_n++] = slot;
    *ret_index = slot->entry.index;
    return STATUS_OK;
}

enum status price_book_find(const struct price_book *book, const struct symbol *symbol, symbol_index *ret_index) {
    const struct book_slot *slot = map_get(&book->by_symbol, symbol->text, symbol->len);
    if (!slot)
        return STATUS_NOT_FOUND;
    *ret_index = slot->entry.index;
    return STATUS_OK;
}

const struct price_book_entry *price_book_entry_at(const struct price_book *book, symbol_index index) {
    return &book->slots[index]->entry;
}

const struct quote *price_book_latest(const struct price_book *book, symbol_index index, uint64_t *ret_seq) {
    const struct book_slot *slot = book->slots[index];
    *ret_seq = slot->staged.is_staged ? slot->staged.seq : slot->entry.seq;
    return slot->staged.is_staged ? &slot->staged.quote : price_book_quote(&slot->entry);
}

const uint64_t *price_book_seqs(const struct price_book *book) {
    return book->seqs;
}

size_t price_book_symbols_n(const struct price_book *book) {
    return book->slots_n;
}

static bool slot_is_pending(const struct book_slot *slot) {
    return slot->staged.is_staged || slot->is_cleared;
}

static void book_add_pending(struct price_book *book, const struct book_slot *slot) {
    if (!slot_is_pending(slot))
        book->pending[book->pending_n++] = slot->entry.index;
}

void price_book_stage_clear(struct price_book *book) {
    for (size_t i = 0; i < book->slots_n; i++) {
        struct book_slot *slot = book->slots[i];
        book_add_pending(book, slot);
        slot->staged.is_staged = false;
        slot->is_cleared = true;
    }
}

static bool details_differ(const struct quote *a, const struct quote *b) {
    return a->previous_close.e8 != b->previous_close.e8 || !currency_equal(a->currency, b->currency) ||
           a->stale != b->stale || !quote_split_date_is_same(a, b);
}

/* The details' stamp after `next`. It compares event by event, not pass by pass: another loop may have ended a pass
 * between two events that this loop takes together, and a client may come from there with that cursor. */
static uint64_t slot_details_seq(const struct book_slot *slot, const struct quote *next, uint64_t seq) {
    if (slot->staged.is_staged)
        return details_differ(&slot->staged.quote, next) ? seq : slot->staged.details_seq;
    /* A book read from Redis knows one number for price and details. */
    if (slot->is_cleared || !slot->entry.is_priced || details_differ(&slot->entry.quote, next))
        return seq;
    return slot->entry.details_seq;
}

enum status price_book_stage(struct price_book *book, const struct quote *quote, uint64_t seq) {
    symbol_index index;
    enum status interned = price_book_intern(book, &quote->symbol, &index);
    if (interned != STATUS_OK)
        return interned;
    struct book_slot *slot = book->slots[index];
    if (slot->staged.is_staged ? seq < slot->staged.seq : !slot->is_cleared && seq < slot->entry.seq)
        return STATUS_OK;
    uint64_t details_seq = slot_details_seq(slot, quote, seq);
    book_add_pending(book, slot);
    slot->staged = (struct staged_quote){.is_staged = true, .quote = *quote, .seq = seq, .details_seq = details_seq};
    return STATUS_OK;
}

bool price_book_lacks_some(const struct price_book *book) {
    for (size_t i = 0; i < book->pending_n; i++) {
        const struct book_slot *slot = book->slots[book->pending[i]];
        if (slot->is_cleared && !slot->staged.is_staged && slot->entry.is_priced)
            return true;
    }
    return false;
}

bool price_book_has_staged(const struct price_book *book) {
    return book->pending_n > 0;
}

/* Moves one slot's staged state over; true when its entry changed. */
static bool slot_advance(struct book_slot *slot, uint64_t seq) {
    struct price_book_entry *entry = &slot->entry;
    if (!slot->staged.is_staged) {
        if (!entry->is_priced) {
            /* In a new epoch numbers begin again: a stamp of the old one would make the next quotes look old. */
            entry->seq = entry->seq < seq ? entry->seq : seq;
            entry->details_seq = entry->details_seq < seq ? entry->details_seq : seq;
            return false;
        }
        entry->is_priced = false;
        entry->seq = entry->details_seq = seq;
        return true;
    }
    const struct quote *next = &slot->staged.quote;
    bool is_same = entry->is_priced && slot->staged.seq == entry->seq && quote_is_unchanged(&entry->quote, next);
    entry->details_seq = slot->staged.details_seq;
    entry->seq = slot->staged.seq;
    entry->quote = *next;
    entry->is_priced = true;
    return !is_same;
}

void price_book_advance(struct price_book *book, uint64_t seq, price_book_on_changed on_changed, void *context) {
    for (size_t i = 0; i < book->pending_n; i++) {
        struct book_slot *slot = book->slots[book->pending[i]];
        struct price_book_entry *entry = &slot->entry;
        struct quote before = entry->quote;
        bool was_priced = entry->is_priced;
        bool is_changed = slot_advance(slot, seq);
        book->seqs[entry->index] = entry->seq;
        slot->staged.is_staged = false;
        slot->is_cleared = false;
        if (is_changed)
            on_changed(context, entry, was_priced ? &before : NULL);
    }
    book->pending_n = 0;
}
