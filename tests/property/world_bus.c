/* The model of the bus: numbers batches, keeps the book, remembers the events. */
#include "world.h"

#include <stdio.h>
#include <string.h>

static void name_epoch(struct world_bus *bus) {
    (void)snprintf(bus->epoch.text, sizeof bus->epoch.text, "%016llx", (unsigned long long)++bus->epochs_n);
}

void world_bus_init(struct world *world) {
    memset(&world->bus, 0, sizeof world->bus);
    name_epoch(&world->bus);
}

static const char *const pairs[WORLD_PAIRS] = {"EUR/USD", "GBP/USD", "USD/GBP", "EUR/GBP"};

void world_symbol(int symbol, struct symbol *ret_symbol) {
    memset(ret_symbol, 0, sizeof *ret_symbol);
    if (symbol < WORLD_SYMBOLS)
        ret_symbol->len = (uint8_t)snprintf(ret_symbol->text, sizeof ret_symbol->text, "SYM%d", symbol);
    else
        ret_symbol->len =
            (uint8_t)snprintf(ret_symbol->text, sizeof ret_symbol->text, "%s", pairs[symbol - WORLD_SYMBOLS]);
}

struct quote world_quote(const struct world *world, int symbol, int64_t price_e8) {
    struct quote quote = {.price = {price_e8},
                          .session = WORLD_TODAY,
                          .as_of_ms = world->clock.wall_ms,
                          .source = "test",
                          .currency = {"USD"}};
    world_symbol(symbol, &quote.symbol);
    return quote;
}

static int symbol_number(const struct quote *quote) {
    for (int i = 0; i < WORLD_PAIRS; i++) {
        if (strcmp(quote->symbol.text, pairs[i]) == 0)
            return WORLD_SYMBOLS + i;
    }
    return quote->symbol.text[3] - '0';
}

void world_bus_publish(struct world *world, const struct quote *quotes, size_t n) {
    struct world_bus *bus = &world->bus;
    struct world_event *event = &bus->events[bus->events_n];
    event->quotes_n = 0;
    for (size_t i = 0; i < n; i++) {
        int symbol = symbol_number(&quotes[i]);
        if (bus->has_quote[symbol] && quote_is_unchanged(&bus->quotes[symbol].quote, &quotes[i]))
            continue;
        bus->quotes[symbol] = (struct numbered_quote){quotes[i], bus->seq + 1};
        bus->has_quote[symbol] = true;
        event->quotes[event->quotes_n++] = quotes[i];
    }
    if (event->quotes_n == 0 || bus->events_n + 1 >= WORLD_EVENTS)
        return;
    event->epoch = bus->epoch;
    event->seq = ++bus->seq;
    bus->events_n++;
}

/* Mostly the one that makes it a rate, or that of the lots. */
static struct currency random_currency(struct world *world, int symbol) {
    static const struct currency some[] = {{"USD"}, {"EUR"}, {"GBp"}, {"GBP"}};
    struct currency currency = {"USD"};
    if (world_dice(world, 8) == 0)
        return world->has_currencies ? some[world_dice(world, 4)] : some[1];
    if (symbol >= WORLD_SYMBOLS)
        memcpy(currency.code, pairs[symbol - WORLD_SYMBOLS] + 4, 3);
    else if (world->asset_currencies[symbol].code[0])
        currency = world->asset_currencies[symbol];
    return currency;
}

/* Now and then far from everyday prices: through such a rate a row is above the bound. */
static int64_t random_price_e8(struct world *world, int symbol) {
    uint64_t everyday = symbol < WORLD_SYMBOLS ? UINT64_C(90000000000) : UINT64_C(300000000);
    bool is_extreme = world->has_currencies && world_dice(world, 6) == 0;
    return 1 + (int64_t)(world_random(world) % (is_extreme ? (uint64_t)DECIMAL_MAX_E8 : everyday));
}

static struct quote random_quote(struct world *world, int symbol) {
    struct quote quote = world_quote(world, symbol, random_price_e8(world, symbol));
    if (world_dice(world, 3) != 0)
        quote.previous_close.e8 = random_price_e8(world, symbol);
    quote.currency = random_currency(world, symbol);
    quote.session = WORLD_TODAY - world_dice(world, 3);
    quote.stale = world_dice(world, 6) == 0;
    return quote;
}

void world_bus_tick(struct world *world) {
    struct quote quotes[WORLD_QUOTED];
    size_t n = 0;
    int quoted = world->has_currencies ? WORLD_QUOTED : WORLD_SYMBOLS, first = world_dice(world, quoted);
    for (int i = 0; i <= world_dice(world, 3) && first + i < quoted; i++) {
        struct quote quote = random_quote(world, first + i);
        const struct numbered_quote *stored = &world->bus.quotes[first + i];
        /* Mostly only the price moves, as in life. */
        if (world->bus.has_quote[first + i] && world_dice(world, 4) != 0) {
            struct price price = quote.price;
            quote = stored->quote;
            quote.price = price;
            quote.as_of_ms = world->clock.wall_ms;
        }
        quotes[n++] = quote;
    }
    world_bus_publish(world, quotes, n);
}

void world_bus_new_epoch(struct world *world) {
    struct world_bus *bus = &world->bus;
    for (int i = 0; i < WORLD_QUOTED; i++) {
        if (bus->has_quote[i]) {
            bus->lost[i] = bus->quotes[i];
            bus->has_lost[i] = true;
        }
        bus->has_quote[i] = false;
    }
    bus->seq = 0;
    name_epoch(bus);
    for (int i = 0; i < world->loops_n; i++)
        world_loop_lose_bus(&world->loops[i]);
}

void world_bus_restore(struct world *world) {
    struct world_bus *bus = &world->bus;
    struct quote quotes[WORLD_QUOTED];
    size_t n = 0;
    for (int i = 0; i < WORLD_QUOTED; i++) {
        if (bus->has_lost[i] && !bus->has_quote[i]) {
            quotes[n] = bus->lost[i].quote;
            quotes[n++].stale = true;
        }
        bus->has_lost[i] = false;
    }
    if (n > 0)
        world_bus_publish(world, quotes, n);
}
