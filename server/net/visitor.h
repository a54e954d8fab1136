/* Who is at the other end of a connection, and whether they may come.
 *
 * The peer is whose socket it is; the client whom a request is from. They differ
 * when the peer is a proxy that is trusted: then the client is the last address
 * in X-Forwarded-For that is no trusted proxy's. What anybody else writes there
 * is not looked at. Thread: L. */
#ifndef PF_NET_VISITOR_H
#define PF_NET_VISITOR_H

#include "base/address.h"
#include "net/head.h"

struct visitor {
    struct address peer, client;
    bool is_proxied;             /* the peer is a trusted proxy */
    char text[ADDRESS_TEXT_MAX]; /* the client's address */
};

/* What the owner of a loop decides. Any may be NULL. */
struct admission {
    void *context;
    const struct address_list *proxies; /* the trusted ones */
    /* A connection came; false: it is closed again at once, with a short answer. */
    bool (*on_connected)(void *context, const struct visitor *visitor);
    /* It is to become a WebSocket; the client is known now. false: 429. */
    bool (*on_upgrade)(void *context, const struct visitor *visitor);
    /* One that was let in is gone; as a WebSocket, when on_upgrade let it be one. */
    void (*on_disconnected)(void *context, const struct visitor *visitor, bool is_websocket);
};

bool admission_connect(const struct admission *admission, const struct visitor *visitor);
bool admission_upgrade(const struct admission *admission, const struct visitor *visitor);
/* The short answer, with the headers that every response has (whole lines; NULL: none), and the end of the socket. */
void admission_refuse(int fd, const char *headers);
void admission_disconnect(const struct admission *admission, const struct visitor *visitor, bool is_websocket);

/* peer: as the listener writes it; what is no address counts as ::. */
void visitor_init(struct visitor *visitor, const struct admission *admission, const char *peer);
/* Of a request with this head. */
void visitor_read(struct visitor *visitor, const struct admission *admission, const struct head *head);

#endif
