/* The rates of a loop: who asks too often. A class is a table of token buckets,
 * by address (an IPv6 /64 is one), user or e-mail.
 *
 * Each loop has its own, which may only take; the fill is shared among the loops
 * of all instances (app/limiter_share.c). Thread: L. */
#ifndef PF_APP_LIMITER_H
#define PF_APP_LIMITER_H

#include "app/limits.h"
#include "base/clock.h"
#include "base/rate_limit.h"
#include "base/uuid.h"
#include "net/visitor.h"

enum limiter_class {
    LIMITER_ADDRESS,    /* requests, by address: all of them */
    LIMITER_USER,       /* requests, by user */
    LIMITER_LOGIN,      /* logins and the like, by address and by e-mail */
    LIMITER_MESSAGES,   /* of the stream, by user or address */
    LIMITER_HANDSHAKES, /* of the stream, by address */
    LIMITER_CLASSES_N
};

#define LIMITER_KEYS_MAX 16384 /* of a class */
#define LIMITER_GUESS_TOKENS                                                                                           \
    10 /* what a token that is none takes of its address, the request that brought it included */

struct limiter;

PF_MUST_CHECK enum status limiter_create(const struct config *config, struct limits *limits, const struct clock *clock,
                                         struct limiter **ret_limiter);
void limiter_destroy(struct limiter **limiter);

struct rate_limit_key limiter_key_of_address(const struct address *address);
struct rate_limit_key limiter_key_of_user(const struct uuid *user_id);
/* Of its lower case. */
struct rate_limit_key limiter_key_of_email(const char *email);

/* Takes one; a refusal is counted, and told to the log now and then. peer: for the log. */
struct rate_limit_state limiter_take(struct limiter *limiter, enum limiter_class class,
                                     const struct rate_limit_key *key, const char *peer);

/* More of them, as far as there are, without an answer. */
void limiter_charge(struct limiter *limiter, enum limiter_class class, const struct rate_limit_key *key,
                    int64_t tokens_n);

/* What the loop asks for each connection. */
struct admission limiter_admission(struct limiter *limiter);
/* Requests under way. STATUS_LIMIT: no more of this key. */
PF_MUST_CHECK enum status limiter_begin_request(struct limiter *limiter, const struct rate_limit_key *key,
                                                const char *peer);
void limiter_end_request(struct limiter *limiter, const struct rate_limit_key *key);

/* The others' takes with ours: how much is taken of a bucket. */
void limiter_adopt(struct limiter *limiter, enum limiter_class class, const struct rate_limit_key *key,
                   int64_t used_units);
/* Private to the limiter's files. */
struct rate_limit *limiter_rates(struct limiter *limiter, enum limiter_class class);
const char *limiter_class_name(enum limiter_class class);
/* Forgets what nobody needs any more. */
void limiter_sweep(struct limiter *limiter);

#endif
