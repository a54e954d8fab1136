/* Prices that this process was told to forget, until the leader has marked
 * them: whoever asked for that finds none of them fresh, by whatever loop.
 * Bounded: of single symbols the last FORGOTTEN_MAX, each for FORGOTTEN_MS.
 * Thread: any; time is passed in. */
#ifndef PF_APP_FORGOTTEN_PRICES_H
#define PF_APP_FORGOTTEN_PRICES_H

#include "base/status.h"
#include "domain/symbol.h"

#include <stdbool.h>
#include <stdint.h>

#define FORGOTTEN_MAX 256
#define FORGOTTEN_MS 2000 /* the leader has heard of it by then, or there was none */

struct forgotten_prices;

PF_MUST_CHECK enum status forgotten_prices_create(struct forgotten_prices **ret_forgotten);
void forgotten_prices_destroy(struct forgotten_prices **forgotten);

/* Prices up to this number of the bus are forgotten; symbol NULL: of all symbols. */
void forgotten_prices_note(struct forgotten_prices *forgotten, const struct symbol *symbol, uint64_t seq,
                           int64_t now_ms);
/* Is the symbol's price with this number forgotten? */
bool forgotten_prices_has(struct forgotten_prices *forgotten, const struct symbol *symbol, uint64_t seq,
                          int64_t now_ms);

#endif
