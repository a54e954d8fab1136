/* Who holds what, and the product's innermost loop: for each symbol, packed,
 * how much of it each portfolio has; for each portfolio what its totals moved
 * by since its rows were last valued anew.
 *
 * When only a price moves, a row's value, gain and day's change move by the
 * same amount, round(q x after) - round(q x before) (valuation.h): so a
 * position costs two products and one addition, and nothing of the portfolio
 * itself is touched. Whatever else changes (first
 * price, previous close, session, currency) values its rows anew, one by one;
 * so do rows in another currency than their portfolio's, at each change of their
 * quote or of their rate's, and rows that a split is between them and the quote.
 *
 * Memory: 16 bytes a position, 8 more for one in another currency (up to twice
 * that, lists grow by doubling) and 57 a portfolio. Adding and removing a position is O(1). Thread: L; pure. */
#ifndef PF_DOMAIN_HOLDERS_H
#define PF_DOMAIN_HOLDERS_H

#include "domain/portfolio.h"

struct holders;

PF_MUST_CHECK enum status holders_create(struct holders **ret_holders);
void holders_destroy(struct holders **holders);

/* Registers a portfolio, whose totals are those at the book's present quotes,
 * and marks it changed. `owner` comes back from holders_tell. Nothing is
 * registered on STATUS_NO_MEMORY or STATUS_LIMIT. */
PF_MUST_CHECK enum status holders_add(struct holders *holders, struct portfolio *portfolio,
                                      const struct price_book *book, void *owner);
/* It is about to be destroyed: its totals are gone. */
void holders_remove(struct holders *holders, struct portfolio *portfolio);

/* Something of it changed: holders_tell will say so. */
void holders_mark(struct holders *holders, const struct portfolio *portfolio);

/* After a symbol's quote changed from `before` (NULL: unpriced) to the entry's:
 * marks everybody who holds it, or whose rate it is, and moves their totals.
 * What else they hang on is as the book has it now. Returns how many positions. */
size_t holders_revalue(struct holders *holders, const struct price_book *book, const struct price_book_entry *entry,
                       const struct quote *before);
/* How many positions lost their price since it was asked last, because through
 * the rate they are above the bound. */
size_t holders_take_past_bound(struct holders *holders);

/* Tells the owners of what is marked, each once, so many at a time: who goes
 * through a chunk in steps has one wait for memory a step, not one an owner.
 * on_changed may add and remove nothing. */
#define HOLDERS_CHUNK_MAX 32
typedef void (*holders_on_changed)(void *context, void *const *owners, size_t n);
void holders_tell(struct holders *holders, holders_on_changed on_changed, void *context);

/* The totals as they are now. */
struct totals holders_totals(const struct portfolio *portfolio);
/* Asks for the memory that holders_totals reads, to be there when it is called. */
void holders_ask_for(const struct portfolio *portfolio);

#endif
