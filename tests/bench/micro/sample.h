/* Made-up market and portfolios for the micro benches, the same in each run:
 * symbols, prices that move, and what the store would have loaded.
 * Thread: one. */
#ifndef PF_BENCH_MICRO_SAMPLE_H
#define PF_BENCH_MICRO_SAMPLE_H

#include "domain/holdings.h"
#include "feed/bus.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_NOW_MS INT64_C(1800000000000)

/* Which symbols a portfolio holds. */
enum sample_choice {
    SAMPLE_IN_A_ROW,   /* portfolio i: those from i x positions_n on; every tenth symbol touches three of 30 */
    SAMPLE_ONE_IN_ALL, /* symbol 0, and the rest in a row */
    SAMPLE_SCATTERED   /* anywhere, as in life */
};

struct sample_config {
    size_t symbols_n;
    size_t positions_n; /* of each portfolio, at most symbols_n */
    enum sample_choice choice;
};

struct sample {
    struct sample_config config;
    struct quote *quotes; /* one a symbol, as it moved last */
    uint64_t ticks_n;     /* prices depend on it */
    uint64_t *holders_n;  /* by symbol: in how many of the portfolios made it is */
    size_t *picked;       /* scratch: the symbols of one portfolio */
};

void sample_init(struct sample *sample, const struct sample_config *config);
void sample_fini(struct sample *sample);

/* Gives each symbol first, first + step, … another price; their quotes into
 * out, which has room for all symbols. Returns how many. */
size_t sample_move(struct sample *sample, size_t first, size_t step, int64_t as_of_ms, struct quote *out);
/* How many positions such a move touches. */
uint64_t sample_touched(const struct sample *sample, size_t first, size_t step);

struct uuid sample_portfolio_id(size_t portfolio);
/* A lot a position. The caller's. */
struct holdings *sample_holdings(struct sample *sample, size_t portfolio);

_Noreturn void sample_fail(const char *what);
/* Ends the program with a message unless it holds. */
static inline void sample_require(bool holds, const char *what) {
    if (!holds)
        sample_fail(what);
}
/* Memory that is there; zeros. */
void *sample_allocate(size_t n, size_t size);

#endif
