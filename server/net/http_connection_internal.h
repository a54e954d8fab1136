/* An HTTP connection as its files see it: http_connection.c (life, states, bytes),
 * http_reading.c (requests and what may come of them) and http_tls.c (what comes
 * before them). Private to net. Thread: L. */
#ifndef PF_NET_HTTP_CONNECTION_INTERNAL_H
#define PF_NET_HTTP_CONNECTION_INTERNAL_H

#include "net/http_exchange.h"
#include "net/http_input.h"
#include "net/http_server.h"
#include "net/transport.h"

#include <ev.h>

enum connection_state {
    CONNECTION_TLS,       /* the handshake of TLS */
    CONNECTION_HEAD,      /* reading the head of a request */
    CONNECTION_BODY,      /* reading its body */
    CONNECTION_HANDLING,  /* the handler has it */
    CONNECTION_WRITING,   /* its response goes out */
    CONNECTION_LINGERING, /* all is written and shut; reading until the client closes too */
    CONNECTION_CLOSED     /* freed at the end of connection_run */
};

struct http_connection {
    struct list_link link; /* in server->connections */
    struct http_server *server;
    ev_io io;
    int io_events; /* 0 = not watched */
    struct transport transport;
    struct timer_entry deadline;
    enum connection_state state;
    bool is_running;                /* inside connection_run */
    bool is_closing;                /* after the response being written */
    bool is_tls;                    /* it came to a port that speaks TLS */
    bool is_input_over;             /* the client has shut its side */
    struct http_exchange *exchange; /* from the end of its head until its response */
    struct http_input input;
    struct strbuf output;
    size_t output_sent;
    size_t discarded_bytes;
    struct visitor visitor;
};

/* The one door between states: what is watched and until when follows from the state. */
void connection_enter(struct http_connection *connection, enum connection_state state);
/* TLS, if any, is there: requests may come. A fresh connection has come to ask something: no keep-alive time for it. */
void connection_begin_http(struct http_connection *connection);
/* What is watched; 0: nothing. */
void connection_watch(struct http_connection *connection, int events);
/* Hands the request to the handler; its answer comes now or later. */
void connection_deliver(struct http_connection *connection);
/* The request is not acceptable: the handler writes the answer, the connection closes after it. */
void connection_refuse(struct http_connection *connection, enum http_refusal refusal);

/* http_reading.c. Both return whether something happened; false: more input is needed. */
bool connection_step_head(struct http_connection *connection);
bool connection_step_body(struct http_connection *connection);

/* http_tls.c. As the steps. */
bool connection_step_tls(struct http_connection *connection);
void connection_fail_tls(struct http_connection *connection, const char *reason);

#endif
