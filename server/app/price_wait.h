/* Requests that wait for fresh prices, by symbol: a loop asks for a symbol once,
 * however many wait for it, and each of them ends when all its symbols were
 * answered, or PRICE_WAIT_MS after its beginning. Bounded. Thread: L; pure (time
 * and the asking are passed in). */
#ifndef PF_APP_PRICE_WAIT_H
#define PF_APP_PRICE_WAIT_H

#include "feed/bus.h"

#define PRICE_WAIT_MS 2000
#define PRICE_WAIT_SYMBOLS_MAX 100000 /* of all that wait */

struct price_wait;

struct price_wait_item {
    struct symbol symbol;
    bool is_answered; /* false: the time was over */
    enum ask_outcome outcome;
};

/* The items in the order of price_wait_start; borrowed. May start another wait. */
typedef void (*price_wait_fn)(void *context, const struct price_wait_item *items, size_t n);

/* ask: sends a question to the leader. */
PF_MUST_CHECK enum status price_wait_create(void (*ask)(void *context, const struct symbol *symbols, size_t n),
                                            void *context, struct price_wait **ret_wait);
/* Nothing may wait any more: price_wait_cancel. */
void price_wait_destroy(struct price_wait **wait);

/* Asks for what nobody waits for yet. `done` comes once, from price_wait_run or
 * price_wait_cancel. STATUS_LIMIT: too many wait. */
PF_MUST_CHECK enum status price_wait_start(struct price_wait *wait, const struct symbol *symbols, size_t n,
                                           int64_t now_ms, price_wait_fn done, void *context);
void price_wait_on_answered(struct price_wait *wait, const struct answered_symbol *answers, size_t n);
/* Asks again for all that is waited for: there is a leader, or a bus, again. */
void price_wait_ask_again(struct price_wait *wait, int64_t now_ms);

/* Ends the waits that are over. is_book_current: the prices that came with the
 * answers can be seen; until then what is answered waits for them. */
void price_wait_run(struct price_wait *wait, int64_t now_ms, bool is_book_current);
/* Ms until the first deadline; -1: nobody waits. */
int64_t price_wait_left_ms(const struct price_wait *wait, int64_t now_ms);
/* Ends every wait, unanswered. */
void price_wait_cancel(struct price_wait *wait);

#endif
