/* Owns what was forgotten lately: a number for all symbols and a ring of single
 * ones. Refuses nothing; the oldest makes room. Thread: any. */
#include "app/forgotten_prices.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct forgotten {
    struct symbol symbol;
    uint64_t seq;
    int64_t until_ms;
};

struct forgotten_prices {
    _Atomic int64_t until_ms; /* of the last one: past it there is nothing to look for */
    pthread_mutex_t lock;     /* of the rest */
    struct forgotten all;
    struct forgotten ring[FORGOTTEN_MAX];
    size_t at; /* where the next one goes */
};

enum status forgotten_prices_create(struct forgotten_prices **ret_forgotten) {
    struct forgotten_prices *forgotten = calloc(1, sizeof *forgotten);
    if (!forgotten)
        return STATUS_NO_MEMORY;
    atomic_init(&forgotten->until_ms, INT64_MIN);
    forgotten->all.until_ms = INT64_MIN;
    for (size_t i = 0; i < FORGOTTEN_MAX; i++)
        forgotten->ring[i].until_ms = INT64_MIN;
    pthread_mutex_init(&forgotten->lock, NULL);
    *ret_forgotten = forgotten;
    return STATUS_OK;
}

void forgotten_prices_destroy(struct forgotten_prices **forgotten) {
    if (!*forgotten)
        return;
    pthread_mutex_destroy(&(*forgotten)->lock);
    free(*forgotten);
    *forgotten = NULL;
}

void forgotten_prices_note(struct forgotten_prices *forgotten, const struct symbol *symbol, uint64_t seq,
                           int64_t now_ms) {
    const struct forgotten one = {
        .symbol = symbol ? *symbol : (struct symbol){0}, .seq = seq, .until_ms = now_ms + FORGOTTEN_MS};
    pthread_mutex_lock(&forgotten->lock);
    if (symbol) {
        forgotten->ring[forgotten->at] = one;
        forgotten->at = (forgotten->at + 1) % FORGOTTEN_MAX;
    } else {
        forgotten->all = one;
    }
    atomic_store(&forgotten->until_ms, one.until_ms);
    pthread_mutex_unlock(&forgotten->lock);
}

static bool is_meant(const struct forgotten *one, uint64_t seq, int64_t now_ms) {
    return now_ms < one->until_ms && seq <= one->seq;
}

bool forgotten_prices_has(struct forgotten_prices *forgotten, const struct symbol *symbol, uint64_t seq,
                          int64_t now_ms) {
    if (now_ms >= atomic_load(&forgotten->until_ms))
        return false;
    pthread_mutex_lock(&forgotten->lock);
    bool has = is_meant(&forgotten->all, seq, now_ms);
    for (size_t i = 0; i < FORGOTTEN_MAX && !has; i++) {
        const struct forgotten *one = &forgotten->ring[i];
        has = is_meant(one, seq, now_ms) && symbol_equal(&one->symbol, symbol);
    }
    pthread_mutex_unlock(&forgotten->lock);
    return has;
}
