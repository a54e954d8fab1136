/* The model of the database: portfolios, lots, versions as the trigger keeps
 * them, hints that may get lost. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t product_e8(int64_t a, int64_t b) {
    int128 exact = (int128)a * b;
    return (int64_t)((exact + DECIMAL_ONE / 2) / DECIMAL_ONE); /* positive operands */
}

static struct world_lot random_lot(struct world *world) {
    return (struct world_lot){.symbol = world_dice(world, WORLD_SYMBOLS),
                              .quantity_e8 = 1 + (int64_t)(world_random(world) % UINT64_C(500000000000)),
                              .price_e8 = (int64_t)(world_random(world) % UINT64_C(50000000000)),
                              .fee_e8 = world_dice(world, 3) ? 0 : (int64_t)(world_random(world) % 1000000000),
                              .fx_rate_e8 = world->has_currencies && world_dice(world, 8)
                                                ? 1 + (int64_t)(world_random(world) % UINT64_C(300000000))
                                                : 0,
                              .date = WORLD_TODAY - world_dice(world, 4)};
}

void world_db_add_lot(struct world *world, int portfolio, const struct world_lot *lot) {
    struct world_portfolio *it = &world->portfolios[portfolio];
    it->version++;
    it->lots[it->lots_n++] = *lot;
    it->symbol_versions[lot->symbol] = it->version;
}

void world_db_init(struct world *world) {
    for (int i = 0; i < WORLD_PORTFOLIOS; i++) {
        struct world_portfolio *it = &world->portfolios[i];
        memset(it, 0, sizeof *it);
        memset(it->id.bytes, 0x10 + i, sizeof it->id.bytes);
        it->exists = true;
        it->version = 1;
        memcpy(it->base_currency.code, "USD", sizeof "USD");
        it->cash_e8 = (int64_t)(world_random(world) % UINT64_C(100000000000));
        for (int lots_n = world_dice(world, 5); lots_n > 0; lots_n--) {
            struct world_lot lot = random_lot(world);
            world_db_add_lot(world, i, &lot);
        }
    }
}

struct currency world_lot_currency(const struct world *world, const struct world_portfolio *portfolio, int symbol) {
    struct currency known = world->asset_currencies[symbol];
    return known.code[0] ? known : portfolio->base_currency;
}

static bool is_held(const struct world_portfolio *it, int symbol) {
    for (size_t i = 0; i < it->lots_n; i++) {
        if (it->lots[i].symbol == symbol)
            return true;
    }
    return false;
}

/* As the trigger does: who holds it learns of another currency as of any write. */
static void set_asset_currency(struct world *world, int symbol, struct currency currency) {
    for (int i = 0; i < WORLD_PORTFOLIOS; i++) {
        struct world_portfolio *it = &world->portfolios[i];
        struct currency before = world_lot_currency(world, it, symbol);
        struct currency after = currency.code[0] ? currency : it->base_currency;
        bool is_corrected = world->asset_currencies[symbol].code[0] && it->symbol_versions[symbol] > 0;
        bool is_stamped = is_held(it, symbol) && !currency_equal(before, after);
        if (!it->exists || (!is_corrected && !is_stamped))
            continue;
        it->version++;
        if (is_stamped)
            it->symbol_versions[symbol] = it->version;
        if (is_corrected)
            it->currencies_version = it->version;
        world_db_hint(world, i);
    }
    world->asset_currencies[symbol] = currency;
}

static void change_asset(struct world *world) {
    static const struct currency some[] = {{""}, {"USD"}, {"EUR"}, {"GBp"}, {"GBP"}};
    set_asset_currency(world, world_dice(world, WORLD_SYMBOLS), some[world_dice(world, 5)]);
}

static void change_base(struct world_portfolio *it) {
    memcpy(it->base_currency.code, it->base_currency.code[0] == 'U' ? "GBP" : "USD", sizeof "USD");
    it->currencies_version = it->version;
    for (int i = 0; i < WORLD_SYMBOLS; i++) {
        if (it->symbol_versions[i] > 0)
            it->symbol_versions[i] = it->version;
    }
}

void world_db_mix_currencies(struct world *world) {
    world->has_currencies = true;
    for (int i = 0; i < WORLD_PORTFOLIOS; i += 2) {
        world->portfolios[i].version++;
        change_base(&world->portfolios[i]);
    }
    for (int i = 0; i < 2 * WORLD_SYMBOLS; i++)
        change_asset(world);
}

void world_db_hint(struct world *world, int portfolio) {
    for (int i = 0; i < world->loops_n; i++) {
        struct world_loop *loop = &world->loops[i];
        if (loop->hints_n < WORLD_HINTS && world_dice(world, 4) != 0)
            loop->hints[loop->hints_n++] = world->portfolios[portfolio].id;
    }
}

static void remove_lot(struct world_portfolio *it, size_t at) {
    it->symbol_versions[it->lots[at].symbol] = it->version;
    it->lots[at] = it->lots[--it->lots_n];
}

void world_db_change(struct world *world) {
    int portfolio = world_dice(world, WORLD_PORTFOLIOS);
    struct world_portfolio *it = &world->portfolios[portfolio];
    if (world->has_currencies && world_dice(world, 8) == 0)
        change_asset(world);
    if (!it->exists)
        return;
    int what = world_dice(world, 40);
    struct world_lot lot = random_lot(world);
    it->version++;
    if (what == 0)
        it->exists = false;
    else if (what == 1 && world->has_currencies)
        change_base(it);
    else if (what < 4)
        it->name++;
    else if (what < 8)
        it->cash_e8 = (int64_t)(world_random(world) % UINT64_C(100000000000)) - INT64_C(50000000000);
    else if (what < 20 && it->lots_n > 0)
        remove_lot(it, (size_t)world_dice(world, (int)it->lots_n));
    else if (what < 26 && it->lots_n > 0) {
        /* A correction: the ticker may change too. */
        remove_lot(it, (size_t)world_dice(world, (int)it->lots_n));
        it->lots[it->lots_n++] = lot;
        it->symbol_versions[lot.symbol] = it->version;
    } else if (it->lots_n < WORLD_LOTS) {
        it->lots[it->lots_n++] = lot;
        it->symbol_versions[lot.symbol] = it->version;
    }
    world_db_hint(world, portfolio);
}

int world_db_find(const struct world *world, const struct uuid *id) {
    for (int i = 0; i < WORLD_PORTFOLIOS; i++) {
        if (uuid_equal(&world->portfolios[i].id, id))
            return i;
    }
    return -1;
}

struct read_lot {
    struct holdings_lot lot;
    struct price fx_rate;
};

static int by_date(const void *a, const void *b) {
    return ((const struct read_lot *)a)->lot.purchase_date - ((const struct read_lot *)b)->lot.purchase_date;
}

static void read_position(const struct world *world, const struct world_portfolio *it, int symbol,
                          struct holdings *holdings) {
    struct holdings_position *position = &holdings->positions[holdings->positions_n++];
    world_symbol(symbol, &position->symbol);
    position->currency = world_lot_currency(world, it, symbol);
    position->version = it->symbol_versions[symbol];
    position->lots_first = holdings->lots_n;
    struct read_lot lots[WORLD_LOTS];
    size_t n = 0;
    for (size_t i = 0; i < it->lots_n; i++) {
        const struct world_lot *lot = &it->lots[i];
        if (lot->symbol != symbol)
            continue;
        lots[n].fx_rate.e8 = lot->fx_rate_e8;
        lots[n++].lot =
            (struct holdings_lot){.quantity = {lot->quantity_e8},
                                  .cost_basis = {(int128)product_e8(lot->quantity_e8, lot->price_e8) + lot->fee_e8},
                                  .purchase_date = lot->date};
    }
    qsort(lots, n, sizeof lots[0], by_date);
    for (position->lots_n = 0; position->lots_n < n; position->lots_n++) {
        holdings->fx_rates[holdings->lots_n] = lots[position->lots_n].fx_rate;
        holdings->lots[holdings->lots_n++] = lots[position->lots_n].lot;
    }
}

struct holdings *world_db_read(const struct world *world, int portfolio) {
    const struct world_portfolio *it = &world->portfolios[portfolio];
    if (!it->exists)
        return NULL;
    struct holdings *holdings = calloc(1, sizeof *holdings);
    holdings->portfolio_id = it->id;
    (void)snprintf(holdings->name, sizeof holdings->name, "portfolio %d", it->name);
    holdings->base_currency = it->base_currency;
    holdings->cash_balance.e8 = it->cash_e8;
    holdings->version = it->version;
    holdings->currencies_version = it->currencies_version;
    holdings->positions = calloc(WORLD_SYMBOLS, sizeof *holdings->positions);
    holdings->lots = calloc(WORLD_LOTS, sizeof *holdings->lots);
    holdings->fx_rates = calloc(WORLD_LOTS, sizeof *holdings->fx_rates);
    for (int i = 0; i < WORLD_SYMBOLS; i++) {
        if (it->symbol_versions[i] > 0)
            read_position(world, it, i, holdings);
    }
    return holdings;
}
