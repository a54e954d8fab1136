/* A client's connection: reads its messages, keeps its subscriptions, hands
 * frames to its peer. Slow clients are served from their cursors, so there is
 * nothing to queue but the small answers (the outbox, bounded: past the soft
 * limit nothing more is read from the client). Thread: L. */
#ifndef PF_APP_SESSION_H
#define PF_APP_SESSION_H

#include "app/hub.h"
#include "base/rate_limit.h"

struct session;

struct principal;

/* Greets the client (`welcome`). principal: who it has shown to be, a reference
 * is taken; NULL: nobody yet, or nobody asks. */
PF_MUST_CHECK enum status session_create(struct hub *hub, const struct peer *peer, struct principal *principal,
                                         struct session **ret_session);
/* Whose messages count together; without it those of all sessions do. */
void session_set_client(struct session *session, const struct rate_limit_key *client);
/* To whom wrong tokens are charged. */
void session_set_address(struct session *session, const struct rate_limit_key *address);
/* From the peer. */
void session_on_message(struct session *session, const char *bytes, size_t len);
void session_on_binary(struct session *session);
void session_on_writable(struct session *session);
/* The connection is gone: frees the session. */
void session_on_closed(struct session *session);

#endif
