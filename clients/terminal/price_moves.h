/* Which prices have just moved, and which way, so that a row can be shown bold for a
 * moment. Bounds: PRICE_MOVES_MAX rows, those beyond do not flash. Thread: one; pure. */
#ifndef PF_TERMINAL_PRICE_MOVES_H
#define PF_TERMINAL_PRICE_MOVES_H

#include "base/map.h"

#include <jansson.h>
#include <stdint.h>

#define PRICE_MOVES_MAX 20000
#define PRICE_MOVES_SHOWN_MS 700

struct price_moves {
    struct map rows;
    int64_t last_until_ms; /* when the last one that is shown ends; 0: none is */
};

void price_moves_init(struct price_moves *moves);
void price_moves_fini(struct price_moves *moves);
/* A new state; the first one moves nothing. */
void price_moves_take(struct price_moves *moves, const json_t *data, int64_t now_ms);
/* -1, 1: the price has just gone down, up; 0: it has not moved lately. */
int price_moves_of(const struct price_moves *moves, const char *ticker, int64_t now_ms);

#endif
