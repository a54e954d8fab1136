/* A loop without a network for the micro benches: the server's own engine, hub
 * and sessions, portfolios made up instead of loaded, and a transport that only
 * counts. The same from run to run: a clock that is moved by hand, no random
 * numbers (the hash maps' seeds are fixed too). What goes wrong ends the
 * program with a message. Thread: one. */
#ifndef PF_BENCH_MICRO_FIXTURE_H
#define PF_BENCH_MICRO_FIXTURE_H

#include "app/engine.h"
#include "app/hub.h"
#include "app/session.h"
#include "base/clock.h"
#include "base/strbuf.h"
#include "sample.h"

#include <stddef.h>
#include <stdint.h>

struct fixture {
    struct sample sample;
    struct manual_clock clock;
    struct engine *engine;
    struct hub *hub;
    uint64_t seq; /* of the last event */
    struct held_portfolio **held;
    size_t held_n, held_capacity;
    uint64_t frames_n, bytes_n; /* taken by all transports */
    struct strbuf *copy;        /* NULL, or gets the frames' payloads */
};

/* An engine with a price for every symbol, and no portfolio. */
struct fixture *fixture_create(const struct sample_config *config);
void fixture_destroy(struct fixture *fixture);

/* Adds n portfolios, held and in memory. */
void fixture_add_portfolios(struct fixture *fixture, size_t n);

/* The event that carries quotes, as the bus sends it. */
void fixture_write_event(struct fixture *fixture, struct strbuf *out, const struct quote *quotes, size_t n);
/* Moves every symbol first, first + step, …, as one event that waits for the
 * next pass; the positions it touches. */
uint64_t fixture_stage(struct fixture *fixture, size_t first, size_t step);

/* What a loop does when a pass is due: the pass, then all sends. */
void fixture_pass(struct fixture *fixture);
void fixture_send(struct fixture *fixture);
void fixture_turn(struct fixture *fixture); /* both */
/* A pass that nobody measures, some time later. */
void fixture_settle(struct fixture *fixture);

/* A client that was greeted; it goes with fixture_disconnect. */
struct session *fixture_connect(struct fixture *fixture);
void fixture_disconnect(struct session *session);
/* The text of a subscribe; its length. */
size_t fixture_write_subscribe(const struct fixture *fixture, size_t portfolio, char *out, size_t room);
void fixture_subscribe(struct fixture *fixture, struct session *session, size_t portfolio);
/* Asks for the whole state again. */
void fixture_resync(struct fixture *fixture, struct session *session, size_t portfolio);

#endif
