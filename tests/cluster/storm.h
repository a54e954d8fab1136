/* Many clients of the stream in one process, each with its document and its
 * cursor, keeping the contract's rule: a delta whose base is the cursor is
 * applied, everything else counted as a failure of the server. A connection
 * that ends is opened again after a random part of the advertised window, or
 * when `closing` said, and resumes.
 *
 *   storm_client.c   settings, the event loop, commands and the report
 *   storm_stream.c   sockets, the handshake, frames of RFC 6455
 *   storm_frames.c   what a frame of the contract does to a client
 *   storm_compare.c  the documents against GET …/valuation
 *
 * Thread: one. */
#ifndef PF_TESTS_STORM_H
#define PF_TESTS_STORM_H

#include "base/heap.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORM_PORTS_MAX 8
#define STORM_CURSOR_MAX 128
#define STORM_ID_LEN 36
#define STORM_QUARTERS 4

/* What happened since the start; each is printed under its name. */
#define STORM_COUNTS(X)                                                                                                \
    X(opened)          /* connections that got their welcome */                                                        \
    X(closings)        /* ended after `closing` */                                                                     \
    X(cuts)            /* ended without it */                                                                          \
    X(cut_handshakes)  /* ended before the welcome */                                                                  \
    X(refused)         /* handshakes answered with something else than 101 */                                          \
    X(connects_failed) /* nobody listened */                                                                           \
    X(resumes)         /* subscribes that carried a cursor */                                                          \
    X(recovered)       /* of these: answered with recovered and exactly one delta */                                   \
    X(epoch_changed)   /* of these: a snapshot, and why */                                                             \
    X(seq_ahead)                                                                                                       \
    X(version_ahead)                                                                                                   \
    X(snapshots)                                                                                                       \
    X(deltas)                                                                                                          \
    X(wrong_bases)       /* a base, or a heartbeat's cursor, that is not ours */                                       \
    X(led_back)          /* a cursor behind the one before it */                                                       \
    X(errors)            /* `error` frames, and frames that break the contract */                                      \
    X(waits_past_window) /* after_ms beyond reconnect_window_ms */

struct storm_counts {
#define X(name) unsigned long name;
    STORM_COUNTS(X)
#undef X
};

enum storm_state { STORM_AWAY, STORM_CONNECTING, STORM_SHAKING_HANDS, STORM_REFUSED, STORM_OPEN };
enum storm_expected { STORM_ANYTHING, STORM_SUBSCRIBED, STORM_SNAPSHOT, STORM_DELTA };

struct storm_client {
    unsigned index;
    const char *portfolio_id;
    int fd;
    enum storm_state state;
    char *rest; /* the beginning of a frame */
    size_t rest_len, rest_capacity;
    bool has_welcome, is_live;
    bool is_ended; /* by a frame: the socket is closed when its bytes are taken */
    enum storm_expected expected;
    json_t *data;
    char cursor[STORM_CURSOR_MAX]; /* "" = none */
    int64_t window_ms;
    int64_t after_ms; /* what `closing` said; -1: it did not come */
    int64_t lost_at_ms;
    struct heap_entry retry;
};

/* A valuation: what every client of its portfolio must come to. */
struct storm_truth {
    json_t *data;
    char cursor[STORM_CURSOR_MAX];
};

struct storm {
    int epoll_fd;
    int ports[STORM_PORTS_MAX];
    size_t ports_n;
    struct storm_client *clients;
    size_t clients_n;
    char (*portfolios)[STORM_ID_LEN + 1];
    size_t portfolios_n;
    struct storm_truth *truths; /* one a portfolio; NULL before storm_expect */
    struct heap retries;
    uint64_t random;
    size_t live_n;
    int64_t outage_ms_max; /* from the end of a connection to the first state of the next */
    struct storm_counts counts;
    unsigned long after_quarters[STORM_QUARTERS]; /* `closing`s whose after_ms is in this quarter of the window */
    char failure[256];                            /* the first one, in words */
};

int64_t storm_now_ms(void);
/* Keeps the first failure's text; the caller counts. */
void storm_fail(struct storm *storm, const struct storm_client *client, const char *what, const char *text);
/* The connection is over: it is opened again later. */
void storm_lost(struct storm *storm, struct storm_client *client);

/* storm_stream.c */
bool storm_stream_connect(struct storm *storm, struct storm_client *client);
void storm_stream_continue(struct storm *storm, struct storm_client *client);
void storm_stream_send(struct storm *storm, struct storm_client *client, const char *text);
void storm_stream_close(struct storm_client *client);

/* storm_frames.c */
void storm_take_frame(struct storm *storm, struct storm_client *client, const char *bytes, size_t len);

/* storm_compare.c */
struct storm_comparison {
    unsigned long equal, different, other_cursor;
    unsigned long instances_differ; /* portfolios whose valuation is not the same everywhere */
};
/* Reads the valuations of all portfolios at the bus' number seq from the
 * instances at these ports. False: one could not be read by until_ms (the
 * failure says which). */
bool storm_expect(struct storm *storm, uint64_t seq, const int *ports, size_t ports_n, int64_t until_ms,
                  struct storm_comparison *ret_comparison);
/* Whether every client's cursor is the valuation's. */
bool storm_is_as_expected(const struct storm *storm);
void storm_compare(struct storm *storm, struct storm_comparison *comparison);
void storm_expect_nothing(struct storm *storm);

#endif
