/* The price book of a loop: for every symbol its quote and the numbers at
 * which it last changed (stamps instead of queues).
 *
 * Two stages, because a loop works in passes: what arrives is staged
 * (price_book_stage), what is read is the state of the last pass;
 * price_book_advance moves the staged quotes over and reports each changed
 * symbol once, however many events came in between. Bounded by the number of
 * symbols. A symbol keeps its index for the life of the book. Thread: L; pure. */
#ifndef PF_DOMAIN_PRICE_BOOK_H
#define PF_DOMAIN_PRICE_BOOK_H

#include "domain/quote.h"

#include <stddef.h>
#include <stdint.h>

struct price_book;
typedef uint32_t symbol_index;

struct price_book_entry {
    struct symbol symbol;
    symbol_index index;
    bool is_priced;
    struct quote quote;   /* meaningful when is_priced */
    uint64_t seq;         /* number of the event that last changed the quote; 0 = never */
    uint64_t details_seq; /* at which currency, previous_close, session or stale last changed */
};

/* NULL when it is unpriced. */
static inline const struct quote *price_book_quote(const struct price_book_entry *entry) {
    return entry->is_priced ? &entry->quote : NULL;
}

PF_MUST_CHECK enum status price_book_create(struct price_book **ret_book);
void price_book_destroy(struct price_book **book);

/* The index of a symbol, added (unpriced) when it is new. */
PF_MUST_CHECK enum status price_book_intern(struct price_book *book, const struct symbol *symbol,
                                            symbol_index *ret_index);
/* STATUS_NOT_FOUND when the book has never heard of it. */
PF_MUST_CHECK enum status price_book_find(const struct price_book *book, const struct symbol *symbol,
                                          symbol_index *ret_index);
/* The state of the last pass. The address stays valid for the
 * life of the book. */
const struct price_book_entry *price_book_entry_at(const struct price_book *book, symbol_index index);
/* The newest quote that has come, and in ret_seq the number of its event: the staged one, else the last pass's. A price
 * that the next advance would take away is still told. NULL: unpriced. Valid until the next stage or advance. */
const struct quote *price_book_latest(const struct price_book *book, symbol_index index, uint64_t *ret_seq);
/* entry->seq of every symbol, by symbol_index: dense, for who looks at many.
 * Valid until the next intern. */
const uint64_t *price_book_seqs(const struct price_book *book);
size_t price_book_symbols_n(const struct price_book *book);

/* A whole book replaces everything: between clear and the next advance, what
 * is not staged again becomes unpriced. */
void price_book_stage_clear(struct price_book *book);
/* An older number than the one staged or held is ignored. */
PF_MUST_CHECK enum status price_book_stage(struct price_book *book, const struct quote *quote, uint64_t seq);
bool price_book_has_staged(const struct price_book *book);
/* Whether the next advance would take a price away. */
bool price_book_lacks_some(const struct price_book *book);

/* A symbol whose entry changed, and the quote that it had before; NULL: it was unpriced. */
typedef void (*price_book_on_changed)(void *context, const struct price_book_entry *entry, const struct quote *before);

/* Makes what is staged current. on_changed comes once for each symbol whose
 * entry changed. `seq` is the number the book then stands at: it stamps the
 * symbols that lost their price. */
void price_book_advance(struct price_book *book, uint64_t seq, price_book_on_changed on_changed, void *context);

#endif
