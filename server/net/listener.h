/* The listening socket of a loop, shared with the other loops by SO_REUSEPORT.
 * Accepted sockets are non-blocking, close-on-exec, without delay, with a small
 * send buffer. Out of descriptors it pauses instead of spinning. Thread: L. */
#ifndef PF_NET_LISTENER_H
#define PF_NET_LISTENER_H

#include "base/status.h"

#include <stddef.h>

#define LISTENER_PEER_MAX 64 /* an address text and its NUL */

struct ev_loop;
struct listener;

/* fd is the callee's. peer: the address text. */
typedef void (*listener_accepted_fn)(void *context, int fd, const char *peer);

/* error[0..error_len) says what failed. */
PF_MUST_CHECK enum status listener_create(struct ev_loop *ev, const char *host, int port,
                                          listener_accepted_fn on_accepted, void *context,
                                          struct listener **ret_listener, char *error, size_t error_len);
void listener_destroy(struct listener **listener);
int listener_port(const struct listener *listener);

/* Whether the address is free. SO_REUSEPORT would let a second server of the
 * same user share it in silence, so ask before the first loop binds. */
PF_MUST_CHECK enum status listener_probe(const char *host, int port, char *error, size_t error_len);

#endif
