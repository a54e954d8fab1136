/* A WebSocket over TLS: libwebsockets gets one end of a socket pair and speaks
 * plain bytes to it; the relay carries them into the TLS stream and back, and
 * lets whole frames of ours into the stream between the library's bytes.
 * docs/decisions/0021 says why. Keeps 16 KiB of input and the last write's rest at
 * most; what the library does not read stays in the sockets. Thread: L. */
#ifndef PF_NET_TLS_RELAY_H
#define PF_NET_TLS_RELAY_H

#include "base/clock.h"
#include "base/list.h"
#include "net/timer_wheel.h"
#include "net/transport.h"

struct ev_loop;
struct tls_relay;

/* Those of a loop. */
struct tls_relays {
    struct ev_loop *ev;
    struct timer_wheel *wheel;
    const struct clock *clock;
    void (*on_room)(void *user); /* after tls_relay_want_room: nothing is pending */
    struct list all;             /* private from here on */
    size_t ending_n;             /* nobody's any more, bringing out what is left */
};

void tls_relays_init(struct tls_relays *relays);
void tls_relays_fini(struct tls_relays *relays); /* cuts what is left */

/* Takes what transport has, in any case. *ret_fd: the library's end, the caller's. */
PF_MUST_CHECK enum status tls_relay_create(struct tls_relays *relays, const struct transport *transport,
                                           struct tls_relay **ret_relay, int *ret_fd);
void tls_relay_set_user(struct tls_relay *relay, void *user);
/* The library's end is closed, or will be: what it wrote goes out, with a goodbye, in a few seconds at most. */
void tls_relay_release(struct tls_relay **relay);
/* Cuts both sides at once. */
void tls_relay_cut(struct tls_relay *relay);

/* Takes what the library has written meanwhile. True: all of it is the kernel's, so frames may go directly. */
bool tls_relay_is_clear(struct tls_relay *relay);
/* Directly, when it is clear. False: the connection is broken. */
bool tls_relay_write(struct tls_relay *relay, const void *bytes, size_t len);
/* The socket has not taken everything yet. */
bool tls_relay_is_pending(const struct tls_relay *relay);
void tls_relay_want_room(struct tls_relay *relay);
int tls_relay_socket(const struct tls_relay *relay);

#endif
