/* A hub with sessions whose questions about rights wait until the test answers
 * them: an engine that loads nothing by itself, an authenticator and a database
 * that say what the test says. */
#ifndef PF_TESTS_UNIT_SESSION_FIXTURE_H
#define PF_TESTS_UNIT_SESSION_FIXTURE_H

#include "app/hub.h"
#include "app/session.h"
#include "base/clock.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTIONS_MAX 256
#define IDS_MAX 1024
#define TIMEOUT_MS 10000
#define GRACE_MS 5000

struct question {
    bool is_again;
    char token[64];
    struct auth_request *request; /* NULL: answered, or cancelled */
};

struct world {
    struct manual_clock clock;
    struct engine *engine;
    struct hub *hub;
    struct question questions[QUESTIONS_MAX];
    size_t questions_n, open_n;
    size_t guesses_n;           /* tokens that were none */
    struct uuid asked[IDS_MAX]; /* whose customers were asked for, in one question */
    size_t asked_n;
    size_t asks_n;
    bool is_database_away;
    int64_t created_us; /* of the portfolio that answers and loads tell of */
    struct uuid loads[IDS_MAX];
    size_t loads_n;
};

struct client {
    struct session *session;
    char heard[131072]; /* every frame, one a line */
    size_t heard_len;
    int close_code; /* 0: open */
    bool is_paused;
    bool is_blocked; /* its socket takes nothing */
};

static inline enum websocket_written client_write(void *context, struct frame *const *frames, size_t n) {
    struct client *client = context;
    if (client->is_blocked)
        return WEBSOCKET_BLOCKED;
    for (size_t i = 0; i < n; i++) {
        assert_true(client->heard_len + frames[i]->len + 2 < sizeof client->heard);
        client->heard_len += (size_t)sprintf(client->heard + client->heard_len, "%.*s\n", (int)frames[i]->len,
                                             (const char *)frame_payload(frames[i]));
    }
    return WEBSOCKET_SENT;
}

static inline void client_on_close(void *context, int code, const char *reason) {
    (void)reason;
    ((struct client *)context)->close_code = code;
}

static inline void client_pause(void *context, bool is_paused) {
    ((struct client *)context)->is_paused = is_paused;
}

static inline void client_ask_ahead(void *context) {
    (void)context;
}

static inline void client_enter(struct world *world, struct client *client, struct principal *principal) {
    static const struct peer_ops ops = {client_write, client_on_close, client_pause, client_ask_ahead};
    const struct peer peer = {.ops = &ops, .context = client};
    *client = (struct client){.close_code = 0};
    assert_int_equal(session_create(world->hub, &peer, principal, &client->session), STATUS_OK);
}

static inline void client_leave(struct client *client) {
    session_on_closed(client->session);
    client->session = NULL;
}

static inline void client_send(struct client *client, const char *text) {
    session_on_message(client->session, text, strlen(text));
}

/* Since it was asked the last time. */
static inline bool hears(struct client *client, const char *text) {
    bool is_heard = strstr(client->heard, text) != NULL;
    client->heard_len = 0;
    client->heard[0] = '\0';
    return is_heard;
}

/* --- the ports --- */

static inline void world_note(struct world *world, bool is_again, const char *token, struct auth_request *request) {
    assert_true(world->questions_n < QUESTIONS_MAX);
    struct question *question = &world->questions[world->questions_n++];
    *question = (struct question){.is_again = is_again, .request = request};
    snprintf(question->token, sizeof question->token, "%.*s", (int)sizeof question->token - 1, token);
    world->open_n++;
}

static inline void world_check(void *context, const char *token, size_t len, struct auth_request *request) {
    assert_int_equal(strlen(token), len);
    world_note(context, false, token, request);
}

static inline void world_check_again(void *context, const struct principal *principal, struct auth_request *request) {
    world_note(context, true, principal->name, request);
}

/* Only this one is a key. */
static inline bool world_knows_key(void *context, const char *kid) {
    (void)context;
    return strcmp(kid, "good") == 0;
}

static inline void world_charge_guess(void *context, const struct rate_limit_key *address) {
    (void)address;
    ((struct world *)context)->guesses_n++;
}

/* `cancel` has no context of its own: the request's is a session's. */
static struct world *world_of_cancel;

static inline void world_cancel(struct auth_request *request) {
    for (size_t i = 0; i < world_of_cancel->questions_n; i++) {
        if (world_of_cancel->questions[i].request == request) {
            world_of_cancel->questions[i].request = NULL;
            world_of_cancel->open_n--;
        }
    }
}

static inline enum status world_ask(void *context, const struct uuid *ids, size_t n) {
    struct world *world = context;
    world->asks_n++;
    if (world->is_database_away)
        return STATUS_UNAVAILABLE;
    assert_int_equal(world->asked_n, 0); /* one question at a time */
    memcpy(world->asked, ids, n * sizeof *ids);
    world->asked_n = n;
    return STATUS_OK;
}

static inline enum status world_load(void *context, const struct uuid *id) {
    struct world *world = context;
    world->loads[world->loads_n++] = *id;
    return STATUS_OK;
}

static inline enum status world_load_versions(void *context, const struct uuid *ids, size_t n) {
    (void)context, (void)ids, (void)n;
    return STATUS_OK;
}

static inline void world_changed(void *context, struct held_portfolio *const *held, size_t n) {
    hub_on_portfolios_changed(((struct world *)context)->hub, held, n);
}

static inline void world_failed(void *context, struct held_portfolio *held, enum status status) {
    hub_on_portfolio_failed(((struct world *)context)->hub, held, status);
}

static inline void world_customer_changed(void *context, struct held_portfolio *held) {
    hub_on_customer_changed(((struct world *)context)->hub, held);
}

static inline void world_replaced(void *context, struct held_portfolio *held) {
    hub_on_portfolio_replaced(((struct world *)context)->hub, held);
}

static inline void world_epoch(void *context) {
    hub_on_epoch(((struct world *)context)->hub);
}

/* --- its turns and answers --- */

static inline void world_turn(struct world *world) {
    hub_run_timers(world->hub);
    if (engine_pass_wait_ms(world->engine, world->clock.monotonic_ms) == 0) {
        engine_pass(world->engine, world->clock.monotonic_ms, world->clock.wall_ms);
        hub_on_pass_done(world->hub);
    }
    while (hub_flush(world->hub))
        ;
}

static inline void world_wait(struct world *world, int64_t ms) {
    world->clock.monotonic_ms += ms;
    world->clock.wall_ms += ms;
    world_turn(world);
}

/* The first question that is open. principal: a reference is passed on. */
static inline void world_answer(struct world *world, enum auth_failure failure, struct principal *principal) {
    for (size_t i = 0; i < world->questions_n; i++) {
        struct auth_request *request = world->questions[i].request;
        if (!request)
            continue;
        world->questions[i].request = NULL;
        world->open_n--;
        request->done(request->context, failure, principal ? principal_ref(principal) : NULL);
        world_turn(world);
        return;
    }
    fail_msg("nobody has asked");
}

/* Of all that were asked for: whose they are, and at which version; 0: there are none. */
static inline void world_answer_customers(struct world *world, enum status status, const struct uuid *customer_id,
                                          uint64_t version) {
    static struct portfolio_customer customers[IDS_MAX];
    size_t n = world->asked_n;
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++)
        customers[i] =
            (struct portfolio_customer){.customer_id = *customer_id, .version = {world->created_us, version}};
    world->asked_n = 0;
    hub_access_on_customers(world->hub, status, world->asked, customers, n);
    world_turn(world);
}

/* The load of a portfolio comes back. */
static inline void world_loaded(struct world *world, const struct uuid *id, const struct uuid *customer_id,
                                uint64_t version) {
    struct holdings *holdings = calloc(1, sizeof *holdings);
    assert_non_null(holdings);
    assert_true(world->loads_n > 0);
    world->loads_n--;
    holdings->portfolio_id = *id;
    holdings->customer_id = *customer_id;
    holdings->created_us = world->created_us;
    holdings->version = version;
    memcpy(holdings->base_currency.code, "USD", 4);
    engine_on_loaded(world->engine, id, STATUS_OK, holdings);
    world_turn(world);
}

static inline int world_setup(void **state) {
    const struct engine_config engine_config = {
        .flush_ms = 0, .portfolio_keep_ms = 1000, .sweep_ms = 1000000, .restore_wait_ms = 0, .loads_max = 64};
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world_of_cancel = world;
    manual_clock_init(&world->clock, 1000000);
    const struct engine_ports ports = {.context = world,
                                       .load = world_load,
                                       .load_versions = world_load_versions,
                                       .on_portfolios_changed = world_changed,
                                       .on_portfolio_failed = world_failed,
                                       .on_customer_changed = world_customer_changed,
                                       .on_portfolio_replaced = world_replaced,
                                       .on_epoch = world_epoch};
    const struct hub_config config = {.slice_ms = 2,
                                      .resume_wait_ms = 1000,
                                      .limits = {.heartbeat_ms = 1000000,
                                                 .max_message_bytes = 16384,
                                                 .max_subscriptions = 1000,
                                                 .messages_per_second = 100000,
                                                 .max_rate_e8 = 20 * DECIMAL_ONE},
                                      .access = {.auth = {.context = world,
                                                          .check = world_check,
                                                          .check_again = world_check_again,
                                                          .cancel = world_cancel,
                                                          .knows_key = world_knows_key,
                                                          .charge_guess = world_charge_guess},
                                                 .limits = {.timeout_ms = TIMEOUT_MS, .grace_ms = GRACE_MS},
                                                 .ask_customers = world_ask}};
    const struct bus_epoch epoch = {"1111111111111111"};
    assert_int_equal(engine_create(&engine_config, &ports, world->clock.monotonic_ms, &world->engine), STATUS_OK);
    assert_int_equal(hub_create(&config, world->engine, &world->clock.clock, &world->hub), STATUS_OK);
    engine_on_restored(world->engine, &epoch);
    engine_on_book(world->engine, &epoch, 0, NULL, 0, world->clock.monotonic_ms);
    world_turn(world);
    *state = world;
    return 0;
}

static inline int world_teardown(void **state) {
    struct world *world = *state;
    assert_int_equal(world->open_n, 0); /* who left has cancelled */
    hub_destroy(&world->hub);
    engine_destroy(&world->engine);
    free(world);
    return 0;
}

#endif
