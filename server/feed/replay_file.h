/* A CSV of bars or ticks in memory, as prices in the order of their time.
 *
 *   symbol,ts_ms,open,high,low,close,…       bars
 *   symbol,date,open,high,low,close,…        daily bars; split_coefficient counts
 *   symbol,ts_ms,bid,ask                     quotes: the price is the middle
 *
 * The header decides; columns may stand in any order, others are ignored. A bar
 * gives four prices, at 0, 1/4, 2/4 and 3/4 of its span: open, low, high,
 * close. Plain or gzip. Thread: main, while the settings are checked. */
#ifndef PF_FEED_REPLAY_FILE_H
#define PF_FEED_REPLAY_FILE_H

#include "base/status.h"
#include "domain/symbol.h"

#include <stddef.h>
#include <stdint.h>

#define REPLAY_ROWS_MAX 10000000
#define REPLAY_BYTES_MAX ((size_t)1 << 30) /* unpacked */

struct replay_tick {
    int64_t time_ms;
    int64_t price_e8;
    uint32_t symbol; /* index */
    uint32_t order;  /* in the file: what breaks ties */
};

/* From that date on the symbol's earlier prices count 1/ratio. */
struct replay_split {
    uint32_t symbol;
    int32_t date;
    int64_t ratio_e8;
};

struct replay_file {
    struct replay_tick *ticks;
    size_t ticks_n, ticks_capacity;
    struct symbol **symbols;
    size_t symbols_n, symbols_capacity;
    struct replay_split *splits; /* by symbol and date */
    size_t splits_n, splits_capacity;
    size_t rows_n;
};

/* INVALID, LIMIT, IO or NO_MEMORY with "path:row: reason" in error. */
PF_MUST_CHECK enum status replay_file_load(const char *path, struct replay_file **ret_file, char *error,
                                           size_t error_len);
void replay_file_destroy(struct replay_file **file);

/* The ratio of a symbol's split on a date, in 1e-8; 1 when there is none. */
int64_t replay_file_split(const struct replay_file *file, uint32_t symbol, int32_t date);

/* round(close / ratio), half away from zero; 0 when that is no price. */
int64_t replay_split_apply(int64_t close_e8, int64_t ratio_e8);

#endif
