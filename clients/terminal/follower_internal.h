/* What the follower's files share: follower.c, the connection's life, and
 * follower_frames.c, what its frames mean. Thread: one. */
#ifndef PF_TERMINAL_FOLLOWER_INTERNAL_H
#define PF_TERMINAL_FOLLOWER_INTERNAL_H

#include "terminal/follower.h"

#define FOLLOWER_REASON_MAX 200
#define FOLLOWER_WAIT_MAX_MS 600000 /* however long a server says that one should wait */

struct follower {
    struct follower_handler handler;
    struct list watches;
    size_t watches_n;
    enum follower_state state;
    uint64_t last_id;
    char *token;            /* the connection's; NULL: none */
    bool is_token_asked;    /* an answer is due */
    bool is_token_refused;  /* 4401, and nothing good since */
    uint64_t auth_id;       /* of the auth that waits for its answer; 0: none */
    unsigned attempts_n;    /* in a row that did not last */
    int64_t deadline_ms;    /* of the state; INT64_MAX: none */
    int64_t welcomed_at_ms; /* -1: not yet */
    int64_t heard_at_ms;
    bool is_pinged; /* a ping is out, and nothing came since */
    /* of the welcome */
    int64_t heartbeat_ms, window_ms;
    char max_rate[WATCH_NUMBER_MAX + 1];
    /* of `closing`; code 0: none */
    int closing_code;
    bool is_closing_for_good;
    int64_t closing_after_ms;
    int close_code;
    char reason[FOLLOWER_REASON_MAX + 1];
};

void follower_set_state(struct follower *follower, enum follower_state state, int64_t deadline_ms);
/* Text from a stranger or of our own; NULL: none. */
void follower_set_reason(struct follower *follower, const char *reason);
/* Ends the connection by ourselves and goes on as if it had closed with this code. */
void follower_drop(struct follower *follower, int64_t now_ms, int code, const char *why);
void follower_give_up(struct follower *follower, int code);
void follower_ask_for_token(struct follower *follower, bool is_refused);
void follower_say_auth(struct follower *follower);
/* Says what the watches have to say. */
void follower_pump(struct follower *follower, int64_t now_ms);
/* The wait before an attempt; after_ms: what the server asked for, -1 without. */
int64_t follower_wait_ms(const struct follower *follower, unsigned attempt, int code, int64_t after_ms);

#endif
