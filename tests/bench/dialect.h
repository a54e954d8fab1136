/* What the load client must know of a subject to talk to it: how a connection
 * begins, and what a frame says. One dialect_<name>.c a subject's protocol; a
 * row in dialect_list.c makes it known to `load_client --dialect NAME`.
 *
 * The stamp of an update is the number of the newest batch that it carries: the
 * number after "ok" in the publisher's answer to that batch. A peer that only
 * passes bytes on is given payloads that begin with it in decimal digits.
 * Thread: one. */
#ifndef PF_BENCH_DIALECT_H
#define PF_BENCH_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIALECT_PATH_MAX 256
#define DIALECT_MESSAGE_MAX 1024 /* a message of the client */

enum dialect_opcode { DIALECT_TEXT = 1, DIALECT_BINARY = 2 };

struct dialect_job {
    unsigned clients_n;
    unsigned portfolios_n;    /* at least 1 */
    unsigned subscriptions_n; /* of a client: 1, or 10 in the household job */
    const char *path;         /* --path, of the plain dialect; NULL: the dialect's own */
    const char *hello;        /* --hello, of the plain dialect; NULL: none */
};

struct dialect_message {
    enum dialect_opcode opcode;
    size_t len;
    char bytes[DIALECT_MESSAGE_MAX];
};

struct dialect_update {
    unsigned slot;     /* which of the client's subscriptions, below subscriptions_n */
    uint64_t stamp;    /* 0: unknown */
    uint64_t base;     /* the stamp that it continues; 0: unknown */
    const char *bytes; /* its payload, for the count of its rows */
    size_t len;
};

/* Where a dialect tells what it found in a frame. `context` is passed back. */
struct dialect_sink {
    void *context;
    /* One update. */
    void (*update)(void *context, const struct dialect_update *update);
    /* The subscription of this slot is live, with everything up to the stamp (0: unknown). */
    void (*ready)(void *context, unsigned slot, uint64_t stamp);
    /* The slot's begin() message is to be sent again in a while. */
    void (*again)(void *context, unsigned slot, const char *bytes, size_t len);
    /* A reply to the server: what keeps the connection alive, say. */
    void (*send)(void *context, const struct dialect_message *message);
    /* The server said what it should not: the run fails. */
    void (*broken)(void *context, const char *why);
};

struct dialect {
    const char *name;
    const char *path;        /* of the handshake, unless write_path is given */
    const char *subprotocol; /* NULL: none is asked for */
    const char *row_mark;    /* text that is in an update once for each position in it; NULL: no rows */

    /* The path of this client's handshake; may be NULL. False: it does not fit. */
    bool (*write_path)(const struct dialect_job *job, unsigned client, char *out, size_t room);

    /* The message that begins the slot's subscription, sent after the handshake;
     * the slot becomes live by sink->ready. False: there is none, and the slot is
     * live when hands are shaken; the same for all when begin is NULL. */
    bool (*begin)(const struct dialect_job *job, unsigned client, unsigned slot, struct dialect_message *ret_message);

    /* A whole text or binary frame came. state: what open() made, or NULL. */
    void (*read)(void *state, unsigned client, const char *bytes, size_t len, const struct dialect_sink *sink);

    /* Both may be NULL. open: what the dialect keeps for all clients of a run;
     * NULL from it fails the run. */
    void *(*open)(const struct dialect_job *job);
    void (*close)(void *state);
};

/* NULL: there is none of that name. */
const struct dialect *dialect_find(const char *name);

/* The portfolio in the slot of a client. One subscription a client: client i
 * watches portfolio i mod portfolios_n. More: as many clients in a row are a
 * household and all watch the household's as many portfolios. */
static inline unsigned dialect_portfolio_of(const struct dialect_job *job, unsigned client, unsigned slot) {
    if (job->subscriptions_n == 1)
        return client % job->portfolios_n;
    return (client / job->subscriptions_n * job->subscriptions_n + slot) % job->portfolios_n;
}

#define DIALECT_PORTFOLIO_FORMAT "00000000-0000-4000-8000-%012x" /* the portfolio_id of a number */

#endif
