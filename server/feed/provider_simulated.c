/* Prices that walk at random, the same for the same seed. It owns each
 * symbol's last price and random state. Around the clock; the trading date is
 * the UTC date, and at its turn the last price becomes the previous close.
 * Integers only. Thread: the poller's. */
#include "base/map.h"
#include "base/timestamp.h"
#include "feed/provider.h"
#include "feed/symbol_pair.h"

#include <stdlib.h>
#include <string.h>

#define CENT_E8 INT64_C(1000000)
#define SMALL_TICK_E8 INT64_C(10000) /* below 1 */
#define WALK_PER_MILLE 2             /* a step is at most this much of the price */

struct walker {
    struct symbol symbol;
    uint64_t random;
    int64_t price_e8, start_e8;
    int64_t previous_close_e8;
    int32_t session;
    struct currency currency;
};

struct provider_simulated {
    struct provider provider; /* first */
    uint64_t seed;
    struct map walkers;
};

/* splitmix64: one multiplication chain a number, full period. */
static uint64_t random_next(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* FNV-1a: the map's own hash is keyed at random and would differ at each start. */
static uint64_t symbol_hash(const struct symbol *symbol) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < symbol->len; i++)
        hash = (hash ^ (unsigned char)symbol->text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void walker_init(struct walker *walker, const struct symbol *symbol, uint64_t seed, const struct quote *known,
                        int32_t today) {
    *walker = (struct walker){.symbol = *symbol, .random = seed ^ symbol_hash(symbol), .session = today};
    /* 10.00 up to 499.99 */
    walker->price_e8 = (int64_t)(1000 + random_next(&walker->random) % 49000) * CENT_E8;
    walker->currency = (struct currency){"USD"};
    if (symbol_pair_currency(symbol, &walker->currency) != STATUS_OK)
        walker->currency = (struct currency){"USD"};
    walker->previous_close_e8 = walker->price_e8;
    if (known) {
        bool is_same_session = known->session == today && known->previous_close.e8 > 0;
        walker->price_e8 = known->price.e8;
        walker->currency = known->currency;
        walker->previous_close_e8 = is_same_session ? known->previous_close.e8 : known->price.e8;
    }
    walker->start_e8 = walker->price_e8;
}

static int64_t tick_of(int64_t price_e8) {
    if (price_e8 >= DECIMAL_ONE)
        return CENT_E8;
    return price_e8 >= 100 * SMALL_TICK_E8 ? SMALL_TICK_E8 : 1;
}

/* One step up or down by whole ticks, kept within a factor of four of where it
 * began and within what a price may be. */
static void walker_step(struct walker *walker) {
    int64_t tick = tick_of(walker->price_e8);
    int64_t most = walker->price_e8 / tick * WALK_PER_MILLE / 1000;
    uint64_t spread = 2 * (uint64_t)(most > 0 ? most : 1) + 1;
    int64_t steps = (int64_t)(random_next(&walker->random) % spread) - (int64_t)(spread / 2);
    int64_t low = walker->start_e8 / 4 > 0 ? walker->start_e8 / 4 : 1;
    int64_t high = walker->start_e8 > DECIMAL_MAX_E8 / 4 ? DECIMAL_MAX_E8 : walker->start_e8 * 4;
    int64_t next;
    /* The grid of a price that came from elsewhere (189.8401) is left as it is. */
    if (__builtin_add_overflow(walker->price_e8, steps * tick, &next) || next < low || next > high)
        next = walker->price_e8 - steps * tick;
    if (next >= low && next <= high)
        walker->price_e8 = next;
}

static struct walker *walker_get(struct provider_simulated *it, const struct symbol *symbol, const struct quote *known,
                                 int32_t today) {
    struct walker *walker = map_get(&it->walkers, symbol->text, symbol->len);
    if (walker)
        return walker;
    walker = calloc(1, sizeof *walker);
    if (!walker)
        return NULL;
    walker_init(walker, symbol, it->seed, known, today);
    if (map_put(&it->walkers, walker->symbol.text, walker->symbol.len, walker, NULL) != STATUS_OK) {
        free(walker);
        return NULL;
    }
    return walker;
}

static enum status simulated_compute(struct provider *provider, const struct symbol *symbol, const struct quote *known,
                                     int64_t wall_ms, struct quote *ret_quote) {
    struct provider_simulated *it = (struct provider_simulated *)(void *)provider;
    int32_t today = timestamp_date(wall_ms);
    struct walker *walker = walker_get(it, symbol, known, today);
    if (!walker)
        return STATUS_NO_MEMORY;
    if (walker->session < today) {
        walker->previous_close_e8 = walker->price_e8;
        walker->session = today;
    }
    walker_step(walker);
    *ret_quote = (struct quote){.symbol = *symbol,
                                .currency = walker->currency,
                                .price = {walker->price_e8},
                                .previous_close = {walker->previous_close_e8},
                                .session = walker->session,
                                .as_of_ms = wall_ms,
                                .source = "simulated"};
    return STATUS_OK;
}

static bool simulated_knows(const struct provider *provider, const struct symbol *symbol) {
    (void)provider;
    (void)symbol;
    return true;
}

static void simulated_destroy(struct provider *provider) {
    struct provider_simulated *it = (struct provider_simulated *)(void *)provider;
    struct walker *walker;
    for (size_t at = 0; (walker = map_next(&it->walkers, &at));)
        free(walker);
    map_fini(&it->walkers);
    free(it);
}

enum status provider_simulated_create(uint64_t seed, struct provider **ret_provider) {
    static const struct provider_ops ops = {.name = "simulated",
                                            .kind = PROVIDER_COMPUTES,
                                            .knows = simulated_knows,
                                            .destroy = simulated_destroy,
                                            .compute = simulated_compute};
    struct provider_simulated *it = calloc(1, sizeof *it);
    if (!it)
        return STATUS_NO_MEMORY;
    it->provider.ops = &ops;
    it->seed = seed;
    map_init(&it->walkers);
    *ret_provider = &it->provider;
    return STATUS_OK;
}
