/* Whether a WebSocket peer is alive: when to ping, when to give up.
 *
 * Silence: a ping after ping_after_ms without anything from the peer, dead
 * pong_within_ms later. While older output is still on its way no pong can be
 * expected; there only progress counts: dead when stall_timeout_ms passed
 * without the peer's kernel taking a byte. Thread: L; pure. */
#ifndef PF_NET_LIVENESS_H
#define PF_NET_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

struct liveness_limits {
    int64_t ping_after_ms;
    int64_t pong_within_ms;
    int64_t stall_timeout_ms;
};

/* What the socket says at a check. */
struct liveness_output {
    uint64_t acked_bytes;  /* all the peer's kernel ever acknowledged */
    uint64_t unsent_bytes; /* handed to our kernel and not acknowledged yet */
    bool is_buffered;      /* our kernel did not take everything */
};

struct liveness {
    int64_t heard_ms; /* last sign of the peer */
    int64_t progress_ms;
    uint64_t progress_bytes; /* acked_bytes then */
    int64_t pinged_ms;
    uint64_t ping_behind_bytes; /* acked_bytes at which the ping itself is next; 0: it went first */
    bool is_pinged;
};

enum liveness_verdict { LIVENESS_FINE, LIVENESS_PING, LIVENESS_SILENT, LIVENESS_STALLED };

void liveness_init(struct liveness *liveness, int64_t now_ms);
/* Anything came from the peer. */
void liveness_heard(struct liveness *liveness, int64_t now_ms);
/* Output begins to wait: our kernel took a part of it just now. Returns when to
 * check. */
int64_t liveness_blocked(struct liveness *liveness, const struct liveness_limits *limits, int64_t now_ms);
/* *ret_next_ms: when to check again. After LIVENESS_PING the caller sends one
 * ping, after SILENT and STALLED it closes. */
enum liveness_verdict liveness_check(struct liveness *liveness, const struct liveness_limits *limits,
                                     const struct liveness_output *output, int64_t now_ms, int64_t *ret_next_ms);

#endif
