/* A loop of the world: the code under test, and what is on its way to it. */
#include "../unit/test.h"
#include "world.h"

#include <string.h>

static void ask_book(struct world_loop *loop, enum bus_sync_action action) {
    /* RENEW asks the script for a new epoch if it must; this bus always has one. */
    if (action != BUS_SYNC_NONE)
        loop->wants_book = true;
}

static void on_book(void *context, const struct bus_epoch *epoch, uint64_t seq, const struct numbered_quote *quotes,
                    size_t quotes_n) {
    struct world_loop *loop = context;
    engine_on_book(loop->engine, epoch, seq, quotes, quotes_n, loop->world->clock.monotonic_ms);
}

static void on_event(void *context, uint64_t seq, const struct quote *quotes, size_t quotes_n) {
    engine_on_event(((struct world_loop *)context)->engine, seq, quotes, quotes_n);
}

static enum status port_load(void *context, const struct uuid *id) {
    struct world_loop *loop = context;
    if (loop->loads_n == WORLD_LOADS)
        return STATUS_LIMIT;
    loop->loads[loop->loads_n++] = (struct world_load){.id = *id};
    return STATUS_OK;
}

static enum status port_load_versions(void *context, const struct uuid *ids, size_t n) {
    struct world_loop *loop = context;
    assert_true(n <= COUNT_OF(loop->version_ids));
    assert_false(loop->wants_versions);
    loop->wants_versions = true;
    loop->versions_n = n;
    memcpy(loop->version_ids, ids, n * sizeof *ids);
    return STATUS_OK;
}

static void port_changed(void *context, struct held_portfolio *const *held, size_t n) {
    hub_on_portfolios_changed(((struct world_loop *)context)->hub, held, n);
}

static void port_failed(void *context, struct held_portfolio *held, enum status status) {
    hub_on_portfolio_failed(((struct world_loop *)context)->hub, held, status);
}

static void port_replaced(void *context, struct held_portfolio *held) {
    hub_on_portfolio_replaced(((struct world_loop *)context)->hub, held);
}

static void port_epoch(void *context) {
    hub_on_epoch(((struct world_loop *)context)->hub);
}

void world_loop_init(struct world *world, int index, const struct engine_config *engine, const struct hub_config *hub) {
    struct world_loop *loop = &world->loops[index];
    memset(loop, 0, sizeof *loop);
    loop->world = world;
    struct bus_listener listener = {.context = loop, .on_book = on_book, .on_event = on_event};
    struct engine_ports ports = {.context = loop,
                                 .load = port_load,
                                 .load_versions = port_load_versions,
                                 .on_portfolios_changed = port_changed,
                                 .on_portfolio_failed = port_failed,
                                 .on_portfolio_replaced = port_replaced,
                                 .on_epoch = port_epoch};
    assert_int_equal(bus_sync_create(&listener, &loop->sync), STATUS_OK);
    assert_int_equal(engine_create(engine, &ports, world->clock.monotonic_ms, &loop->engine), STATUS_OK);
    assert_int_equal(hub_create(hub, loop->engine, &world->clock.clock, &loop->hub), STATUS_OK);
}

void world_loop_fini(struct world_loop *loop) {
    for (size_t i = 0; i < loop->loads_n; i++)
        holdings_destroy(&loop->loads[i].holdings);
    hub_destroy(&loop->hub);
    engine_destroy(&loop->engine);
    bus_sync_destroy(&loop->sync);
}

void world_loop_lose_bus(struct world_loop *loop) {
    bus_sync_lost(loop->sync);
    loop->is_subscribed = loop->wants_book = loop->has_read_book = false;
}

void world_loop_subscribe(struct world_loop *loop) {
    if (loop->is_subscribed)
        return;
    loop->is_subscribed = true;
    loop->next_event = loop->world->bus.events_n;
    ask_book(loop, bus_sync_subscribed(loop->sync));
}

void world_loop_deliver_event(struct world_loop *loop) {
    const struct world_bus *bus = &loop->world->bus;
    if (!loop->is_subscribed || loop->next_event == bus->events_n)
        return;
    const struct world_event *event = &bus->events[loop->next_event++];
    ask_book(loop, bus_sync_event(loop->sync, &event->epoch, event->seq, event->quotes, event->quotes_n));
}

void world_loop_read_book(struct world_loop *loop) {
    const struct world_bus *bus = &loop->world->bus;
    if (!loop->wants_book || loop->has_read_book)
        return;
    loop->wants_book = false;
    loop->has_read_book = true;
    loop->book_epoch = bus->epoch;
    loop->book_seq = bus->seq;
    loop->book_n = 0;
    for (int i = 0; i < WORLD_QUOTED; i++) {
        if (bus->has_quote[i])
            loop->book[loop->book_n++] = bus->quotes[i];
    }
}

void world_loop_deliver_book(struct world_loop *loop) {
    if (!loop->has_read_book)
        return;
    loop->has_read_book = false;
    ask_book(loop, bus_sync_book(loop->sync, &loop->book_epoch, loop->book_seq, loop->book, loop->book_n));
}

void world_loop_execute_load(struct world_loop *loop) {
    for (size_t i = 0; i < loop->loads_n; i++) {
        struct world_load *load = &loop->loads[i];
        if (load->is_executed)
            continue;
        load->is_executed = true;
        load->holdings = world_db_read(loop->world, world_db_find(loop->world, &load->id));
        load->status = load->holdings ? STATUS_OK : STATUS_NOT_FOUND;
        return;
    }
}

void world_loop_deliver_load(struct world_loop *loop, bool fails) {
    if (loop->loads_n == 0)
        return;
    /* Workers finish in any order. */
    size_t at = (size_t)world_dice(loop->world, (int)loop->loads_n);
    struct world_load load = loop->loads[at];
    if (!load.is_executed)
        return;
    loop->loads[at] = loop->loads[--loop->loads_n];
    if (fails) {
        holdings_destroy(&load.holdings);
        load.status = STATUS_UNAVAILABLE;
    }
    engine_on_loaded(loop->engine, &load.id, load.status, load.holdings);
}

void world_loop_deliver_hint(struct world_loop *loop) {
    if (loop->hints_n == 0)
        return;
    engine_on_hint(loop->engine, &loop->hints[0]);
    memmove(loop->hints, loop->hints + 1, --loop->hints_n * sizeof loop->hints[0]);
}

void world_loop_deliver_versions(struct world_loop *loop, bool fails) {
    struct holdings_version versions[COUNT_OF(loop->version_ids)];
    if (!loop->wants_versions)
        return;
    loop->wants_versions = false;
    for (size_t i = 0; i < loop->versions_n; i++) {
        const struct world_portfolio *it = &loop->world->portfolios[world_db_find(loop->world, &loop->version_ids[i])];
        versions[i] = (struct holdings_version){.version = it->exists ? it->version : 0};
    }
    engine_on_versions(loop->engine, loop->version_ids, versions, fails ? 0 : loop->versions_n);
}

void world_loop_lose_event(struct world_loop *loop) {
    if (loop->is_subscribed && loop->next_event < loop->world->bus.events_n)
        loop->next_event++;
}

/* The second connection's reading of pf:bus, each second in life. */
void world_loop_check(struct world_loop *loop) {
    const struct world_bus *bus = &loop->world->bus;
    if (loop->is_subscribed)
        ask_book(loop, bus_sync_check(loop->sync, &bus->epoch, bus->seq, loop->world->clock.monotonic_ms));
}

void world_loop_turn(struct world_loop *loop) {
    const struct manual_clock *clock = &loop->world->clock;
    engine_tick(loop->engine, clock->monotonic_ms);
    hub_run_timers(loop->hub);
    if (!hub_is_flushing(loop->hub) && engine_pass_wait_ms(loop->engine, clock->monotonic_ms) == 0) {
        engine_pass(loop->engine, clock->monotonic_ms, clock->wall_ms);
        hub_on_pass_done(loop->hub);
    }
    (void)hub_flush(loop->hub);
}

void world_loop_settle(struct world_loop *loop) {
    world_loop_subscribe(loop);
    for (int i = 0; i < 8; i++) {
        while (loop->next_event < loop->world->bus.events_n)
            world_loop_deliver_event(loop);
        world_loop_read_book(loop);
        world_loop_deliver_book(loop);
        while (loop->hints_n > 0)
            world_loop_deliver_hint(loop);
        while (loop->loads_n > 0) {
            world_loop_execute_load(loop);
            world_loop_deliver_load(loop, false);
        }
        world_loop_deliver_versions(loop, false);
        world_loop_check(loop);
        world_loop_turn(loop);
    }
}
