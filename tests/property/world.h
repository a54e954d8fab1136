/* A small world for property tests: one database, one bus, some loops and
 * clients, all models but for the code under test (bus_sync, engine, hub,
 * sessions, encoding). Everything that takes time in the real world (a load, a
 * book, a hint, an event, a frame) waits here until the test's dice say so.
 * Deterministic from its seed. */
#ifndef PF_TESTS_WORLD_H
#define PF_TESTS_WORLD_H

#include "app/engine.h"
#include "app/hub.h"
#include "app/session.h"
#include "base/clock.h"
#include "feed/bus_sync.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define WORLD_SYMBOLS 6 /* that can be held */
#define WORLD_PAIRS 4   /* whose price is an exchange rate; their numbers follow those */
#define WORLD_QUOTED (WORLD_SYMBOLS + WORLD_PAIRS)
#define WORLD_PORTFOLIOS 4
#define WORLD_LOTS 8
#define WORLD_LOOPS_MAX 4
#define WORLD_CLIENTS 6
#define WORLD_EVENTS 4096
#define WORLD_TODAY 20000 /* days since 1970 */

struct world_lot {
    int symbol;
    int64_t quantity_e8, price_e8, fee_e8;
    int64_t fx_rate_e8; /* 0 = not known; of no meaning in the portfolio's own currency */
    int32_t date;
};

struct world_portfolio {
    struct uuid id;
    bool exists;
    uint64_t version, currencies_version;
    int name; /* shown as "portfolio <name>" */
    struct currency base_currency;
    int64_t cash_e8;
    size_t lots_n;
    struct world_lot lots[WORLD_LOTS];
    uint64_t symbol_versions[WORLD_SYMBOLS]; /* 0 = never held */
};

struct world_event {
    struct bus_epoch epoch;
    uint64_t seq;
    size_t quotes_n;
    struct quote quotes[WORLD_QUOTED];
};

struct world_bus {
    struct bus_epoch epoch;
    uint64_t epochs_n, seq;
    struct numbered_quote quotes[WORLD_QUOTED];
    bool has_quote[WORLD_QUOTED];
    struct numbered_quote lost[WORLD_QUOTED]; /* last prices of the epoch before, to be published again */
    bool has_lost[WORLD_QUOTED];
    struct world_event events[WORLD_EVENTS];
    size_t events_n;
};

struct world_load {
    struct uuid id;
    bool is_executed; /* the statement ran: what it read is fixed */
    enum status status;
    struct holdings *holdings;
};
#define WORLD_LOADS 64
#define WORLD_HINTS 64

struct world;

struct world_loop {
    struct world *world;
    struct bus_sync *sync;
    struct engine *engine;
    struct hub *hub;
    bool is_subscribed;
    size_t next_event; /* of world_bus.events, not delivered yet */
    bool wants_book;
    bool has_read_book; /* it was read and is on its way */
    struct bus_epoch book_epoch;
    uint64_t book_seq;
    struct numbered_quote book[WORLD_QUOTED];
    size_t book_n;
    struct world_load loads[WORLD_LOADS];
    size_t loads_n;
    struct uuid hints[WORLD_HINTS];
    size_t hints_n;
    bool wants_versions;
    struct uuid version_ids[WORLD_PORTFOLIOS * 2];
    size_t versions_n;
};

enum world_wish { WISH_NONE, WISH_ASKED, WISH_LIVE, WISH_LEAVING };

struct world_view {
    enum world_wish wish;
    int fields; /* index into world_field_sets; 0 = all */
    json_t *data;
    char cursor[CURSOR_TEXT_MAX]; /* "" = none */
    bool expects_delta_only;      /* recovered: exactly one delta comes */
};

#define WORLD_FRAMES 512
struct world_client {
    struct world *world;
    int loop; /* -1 = not connected */
    struct session *session;
    bool is_stalled, is_closed_by_server;
    struct frame *inbox[WORLD_FRAMES]; /* on their way */
    size_t inbox_n;
    struct world_view views[WORLD_PORTFOLIOS];
    uint64_t snapshots_n, deltas_n, recovered_n;
};

struct world {
    uint64_t random;
    struct manual_clock clock;
    bool has_currencies;                             /* several; else all is in USD */
    struct currency asset_currencies[WORLD_SYMBOLS]; /* "": not known */
    struct world_portfolio portfolios[WORLD_PORTFOLIOS];
    struct world_bus bus;
    int loops_n;
    struct world_loop loops[WORLD_LOOPS_MAX];
    struct world_client clients[WORLD_CLIENTS];
    bool trace;
};

/* A field set for subscribes, as JSON; [0] is NULL: all. */
#define WORLD_FIELD_SETS 5
extern const char *const world_field_sets[WORLD_FIELD_SETS];
extern const bool world_field_sets_have_rows[WORLD_FIELD_SETS];

void world_init(struct world *world, uint64_t seed, int loops_n, const struct engine_config *engine,
                const struct hub_config *hub);
void world_fini(struct world *world);
uint64_t world_random(struct world *world);
int world_dice(struct world *world, int n); /* 0 … n-1 */

/* world_db.c */
void world_db_init(struct world *world);
void world_db_change(struct world *world); /* a random transaction, with hints */
void world_db_add_lot(struct world *world, int portfolio, const struct world_lot *lot);
void world_db_mix_currencies(struct world *world); /* from now on there are several */
/* What a position's lots are in: the asset's currency, the portfolio's until one is known. */
struct currency world_lot_currency(const struct world *world, const struct world_portfolio *portfolio, int symbol);
void world_db_hint(struct world *world, int portfolio);
struct holdings *world_db_read(const struct world *world, int portfolio); /* NULL when it does not exist */
int world_db_find(const struct world *world, const struct uuid *id);

/* world_bus.c */
void world_bus_init(struct world *world);
void world_bus_publish(struct world *world, const struct quote *quotes, size_t n);
void world_bus_tick(struct world *world);
void world_bus_new_epoch(struct world *world); /* Redis came back empty: connections are lost */
void world_bus_restore(struct world *world);   /* the leader publishes the last prices again */
struct quote world_quote(const struct world *world, int symbol, int64_t price_e8);
void world_symbol(int symbol, struct symbol *ret_symbol);

/* world_loop.c */
void world_loop_init(struct world *world, int index, const struct engine_config *engine, const struct hub_config *hub);
void world_loop_fini(struct world_loop *loop);
void world_loop_deliver_event(struct world_loop *loop);
void world_loop_lose_event(struct world_loop *loop); /* pub/sub is at most once */
void world_loop_check(struct world_loop *loop);
void world_loop_lose_bus(struct world_loop *loop);
void world_loop_subscribe(struct world_loop *loop);
void world_loop_read_book(struct world_loop *loop);    /* executes the reading */
void world_loop_deliver_book(struct world_loop *loop); /* it arrives */
void world_loop_execute_load(struct world_loop *loop);
void world_loop_deliver_load(struct world_loop *loop, bool fails);
void world_loop_deliver_hint(struct world_loop *loop);
void world_loop_deliver_versions(struct world_loop *loop, bool fails);
void world_loop_turn(struct world_loop *loop);   /* timers, a pass when due, one session flushed */
void world_loop_settle(struct world_loop *loop); /* everything on its way arrives; turns until quiet */

/* world_client.c */
void world_client_connect(struct world_client *client, int loop);
void world_client_disconnect(struct world_client *client);
void world_client_send(struct world_client *client, const char *format, ...) PF_PRINTF(2, 3);
void world_client_subscribe(struct world_client *client, int portfolio, int fields, int64_t max_rate, bool resume);
void world_client_unsubscribe(struct world_client *client, int portfolio);
void world_client_receive(struct world_client *client); /* the next frame, checked and merged */
void world_client_receive_all(struct world_client *client);
void world_client_fini(struct world_client *client);

/* world_oracle.c: everything recomputed from the database and the bus. */
json_t *world_oracle(const struct world *world, int portfolio, int fields);
/* Fails the test unless the document's totals are the sums of its rows. */
void world_check_sums(const json_t *data);

#endif
