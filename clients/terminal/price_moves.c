/* Remembers each row's last price as text. Rows that are gone stay until there are
 * too many; then all begin anew. Thread: one; pure. */
#include "terminal/price_moves.h"

#include "terminal/document.h"
#include "terminal/number.h"

#include <stdlib.h>
#include <string.h>

#define TICKER_MAX 64
#define PRICE_MAX 48

struct row {
    char ticker[TICKER_MAX + 1], price[PRICE_MAX + 1];
    int direction;
    int64_t until_ms;
};

void price_moves_init(struct price_moves *moves) {
    map_init(&moves->rows);
    moves->last_until_ms = 0;
}

static void forget_all(struct price_moves *moves) {
    struct row *row;
    for (size_t at = 0; (row = map_next(&moves->rows, &at));)
        free(row);
    map_fini(&moves->rows);
    map_init(&moves->rows);
}

void price_moves_fini(struct price_moves *moves) {
    forget_all(moves);
    map_fini(&moves->rows);
}

static void add_row(struct price_moves *moves, const char *ticker, const char *price) {
    struct row *row = calloc(1, sizeof *row);
    if (!row)
        return;
    memcpy(row->ticker, ticker, strlen(ticker) + 1);
    memcpy(row->price, price, strlen(price) + 1);
    if (map_put(&moves->rows, row->ticker, strlen(row->ticker), row, NULL) != STATUS_OK)
        free(row);
}

static void take_row(struct price_moves *moves, const char *ticker, const char *price, int64_t now_ms) {
    if (!price || strlen(price) > PRICE_MAX || strlen(ticker) > TICKER_MAX)
        return;
    struct row *row = map_get(&moves->rows, ticker, strlen(ticker));
    if (!row) {
        add_row(moves, ticker, price);
        return;
    }
    int direction = number_compare(price, row->price);
    if (direction == 0)
        return;
    row->direction = direction;
    row->until_ms = moves->last_until_ms = now_ms + PRICE_MOVES_SHOWN_MS;
    memcpy(row->price, price, strlen(price) + 1);
}

void price_moves_take(struct price_moves *moves, const json_t *data, int64_t now_ms) {
    json_t *positions = json_object_get(data, "positions"), *position;
    const char *ticker;
    if (moves->rows.count > 2 * json_object_size(positions) + 100 || json_object_size(positions) > PRICE_MOVES_MAX)
        forget_all(moves);
    if (json_object_size(positions) > PRICE_MOVES_MAX)
        return;
    json_object_foreach(positions, ticker, position)
        take_row(moves, ticker, document_number(position, "current_price"), now_ms);
}

int price_moves_of(const struct price_moves *moves, const char *ticker, int64_t now_ms) {
    const struct row *row = map_get(&moves->rows, ticker, strlen(ticker));
    return row && now_ms < row->until_ms ? row->direction : 0;
}
