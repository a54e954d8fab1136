/* The states of many portfolios at once, as of the loop's last pass: held,
 * waited for, told, let go. Refuses nothing; a portfolio that cannot be loaded
 * is told as such. Thread: L. */
#include "app/shard_internal.h"
#include "app/shard_view.h"
#include "domain/holders.h"

#include <stdlib.h>

#define STATES_WAIT_MS 5000
/* A reader who just wrote waits this long for the version being loaded. */
#define STATES_FRESH_MS 1000

struct state_slot {
    struct held_portfolio *held; /* NULL: it failed */
    struct portfolio_state state;
};

struct states_request {
    struct list_link link; /* shard.states */
    states_fn done;
    void *context;
    int64_t deadline_ms, fresh_until_ms;
    size_t n, ready_n; /* the first so many slots were ready */
    struct state_slot slots[];
};

static int64_t now_ms(const struct shard *shard) {
    return clock_monotonic_ms(shard->instance->clock);
}

static void release(struct shard *shard, struct states_request *request) {
    for (size_t i = 0; i < request->n; i++) {
        if (request->slots[i].held)
            engine_release(shard->engine, request->slots[i].held, now_ms(shard));
    }
    free(request);
}

enum status states_request(struct shard *shard, const struct uuid *ids, size_t n, states_fn done, void *context) {
    struct states_request *request = calloc(1, sizeof *request + n * sizeof request->slots[0]);
    if (!request)
        return STATUS_NO_MEMORY;
    request->done = done;
    request->context = context;
    request->deadline_ms = now_ms(shard) + STATES_WAIT_MS;
    request->fresh_until_ms = now_ms(shard) + STATES_FRESH_MS;
    for (size_t i = 0; i < n; i++) {
        enum status status = engine_hold(shard->engine, &ids[i], &request->slots[i].held);
        if (status != STATUS_OK) {
            release(shard, request);
            return status;
        }
        request->n++;
    }
    list_push_back(&shard->states, &request->link);
    return STATUS_OK;
}

static void finish(struct shard *shard, struct states_request *request, enum status status) {
    struct portfolio_state *states = status == STATUS_OK ? calloc(request->n + 1, sizeof *states) : NULL;
    list_remove(&request->link);
    if (!states && status == STATUS_OK)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; states && i < request->n; i++) {
        struct state_slot *slot = &request->slots[i];
        states[i] = slot->state;
        if (!slot->held)
            continue;
        states[i].portfolio = slot->held->portfolio;
        states[i].customer_id = slot->held->customer_id;
        states[i].totals = holders_totals(slot->held->portfolio);
        states[i].as_of_ms = slot->held->as_of_ms;
    }
    request->done(request->context, status, engine_book(shard->engine), states, states ? request->n : 0);
    free(states);
    release(shard, request);
}

static bool slot_is_ready(const struct state_slot *slot, const struct states_request *request, int64_t now) {
    const struct held_portfolio *held = slot->held;
    return !held || (held->portfolio && (!held_is_behind(held) || now >= request->fresh_until_ms));
}

void shard_answer_states(struct shard *shard) {
    int64_t now = now_ms(shard);
    LIST_FOR_EACH (link, next, &shard->states) {
        struct states_request *request = LIST_ENTRY(link, struct states_request, link);
        while (request->ready_n < request->n && slot_is_ready(&request->slots[request->ready_n], request, now))
            request->ready_n++;
        if (request->ready_n == request->n && engine_is_settled(shard->engine, now))
            finish(shard, request, STATUS_OK);
        else if (now >= request->deadline_ms)
            finish(shard, request, STATUS_UNAVAILABLE);
    }
}

void shard_fail_states(struct shard *shard, const struct held_portfolio *held, enum status status) {
    LIST_FOR_EACH (link, next, &shard->states) {
        struct states_request *request = LIST_ENTRY(link, struct states_request, link);
        for (size_t i = 0; i < request->n; i++) {
            struct state_slot *slot = &request->slots[i];
            if (slot->held != held)
                continue;
            engine_release(shard->engine, slot->held, now_ms(shard));
            *slot = (struct state_slot){.state = {.status = status}};
        }
    }
}

void shard_cancel_states(struct shard *shard) {
    LIST_FOR_EACH (link, next, &shard->states)
        finish(shard, LIST_ENTRY(link, struct states_request, link), STATUS_CANCELLED);
}
