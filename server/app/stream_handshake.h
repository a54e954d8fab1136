/* WebSocket handshakes: whether the page may connect, and who asks. Refuses with
 * a problem document before the upgrade: an Origin that is neither this server's
 * nor in ORIGINS, a credential that is wrong, or not for the stream. Who shows
 * nothing is let in, to say it with `auth`. Bounded in number and time.
 * Thread: L. */
#ifndef PF_APP_STREAM_HANDSHAKE_H
#define PF_APP_STREAM_HANDSHAKE_H

#include "net/http.h"

#include <stdint.h>

struct shard;

/* The http_handler's on_handshake: context is a struct api_context. */
void stream_handshake_on_request(void *context, struct http_request *request);
/* Gives up those that have waited too long. Call at least each 500 ms. */
void stream_handshake_tick(struct shard *shard, int64_t now_ms);
void stream_handshake_cancel_all(struct shard *shard);

#endif
