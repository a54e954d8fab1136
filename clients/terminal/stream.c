/* What libwebsockets 4.1.6 does to its clients, and what is done about it:
 *  - it may fail inside the connect call, with the error callback or without: both
 *    end in one report, here (connect);
 *  - callbacks of a connection that was dropped still come: each connection has a
 *    number, and those of others are told to go;
 *  - it follows redirects, with our token: refused (CLIENT_HTTP_REDIRECT);
 *  - it takes a proxy from the environment: taken out of there (create);
 *  - it turns the close codes 1012 to 1014 into 1002 before it shows them: the
 *    follower goes by what `closing` said;
 *  - without a file of authorities it trusts those of ../share, and with one those of
 *    the system, too: always a file, and the system's only without --ca;
 *  - what is wrong with a certificate it says to its log only: see on_certificate;
 *  - it cuts the host at the first colon before it compares it with the certificate:
 *    an IPv6 address is compared here (on_certificate);
 *  - it sets O_NONBLOCK on what it watches: an epoll set, not the terminal.
 * permessage-deflate is not offered. Thread: main. */
#include "terminal/stream.h"

#include "base/list.h"
#include "base/strbuf.h"

#include <libwebsockets.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE_BUFFER_BYTES 32768 /* the handshake with a long token */
#define RECEIVE_BYTES 65536
#define TEXT_MAX 200
#define LEAVE_PATIENCE_MS 1000
#define SUBPROTOCOL "portfolio.v1.json"
#define NO_FILE "/dev/null"

struct queued {
    struct list_link link;
    size_t len;
    unsigned char bytes[]; /* LWS_PRE of them are the library's */
};

struct stream {
    struct stream_options options;
    struct stream_handler handler;
    struct lws_context *context;
    struct lws *lws;  /* the connection; NULL: none, or not yet known */
    uintptr_t number; /* of the connection: 0 for none */
    uintptr_t last_number;
    int fd_watched;
    char *token;
    struct strbuf in;
    bool is_open;
    bool is_leaving;  /* until it has ended */
    bool is_reported; /* its end */
    int close_code;
    char certificate_error[TEXT_MAX];
    struct list out;
    size_t out_bytes;
    lws_sorted_usec_list_t patience;
};

static int on_event(struct lws *lws, enum lws_callback_reasons reason, void *user, void *in, size_t len);

static const struct lws_protocols protocols[] = {
    {.name = SUBPROTOCOL, .callback = on_event, .rx_buffer_size = RECEIVE_BYTES},
    {.name = NULL},
};

/* Nothing of the library's own: our pings know what the server promised. */
static const lws_retry_bo_t no_pings = {0};

static struct stream *stream_of(struct lws *lws) {
    return lws_context_user(lws_get_context(lws));
}

static void clear_output(struct stream *stream) {
    LIST_FOR_EACH (link, next, &stream->out) {
        struct queued *queued = LIST_ENTRY(link, struct queued, link);
        list_remove(link);
        explicit_bzero(queued->bytes, LWS_PRE + queued->len); /* may be a token */
        free(queued);
    }
    stream->out_bytes = 0;
}

static void forget_token(struct stream *stream) {
    if (stream->token)
        explicit_bzero(stream->token, strlen(stream->token));
    free(stream->token);
    stream->token = NULL;
}

static void forget_connection(struct stream *stream) {
    stream->number = 0;
    stream->lws = NULL;
    stream->is_open = stream->is_leaving = false;
    stream->close_code = 0;
    strbuf_clear(&stream->in);
    clear_output(stream);
    forget_token(stream);
}

static void report_closed(struct stream *stream, int code, const char *why, int64_t after_ms) {
    bool is_reported = stream->is_reported;
    stream->is_reported = true;
    forget_connection(stream);
    if (is_reported)
        return;
    stream->handler.on_closed(stream->handler.context, code, why, after_ms);
}

/* --- what the library reports --- */

static int add_headers(struct stream *stream, struct lws *lws, unsigned char **at, size_t room) {
    static const char agent[] = "portfolio-top/" PF_VERSION;
    unsigned char *end = *at + room;
    if (lws_add_http_header_by_token(lws, WSI_TOKEN_HTTP_USER_AGENT, (const unsigned char *)agent, sizeof agent - 1, at,
                                     end) != 0)
        return -1;
    if (!stream->token)
        return 0;
    struct strbuf value;
    strbuf_init(&value);
    strbuf_append_text(&value, "Bearer ");
    strbuf_append_text(&value, stream->token);
    int refused = strbuf_status(&value) != STATUS_OK ||
                  lws_add_http_header_by_token(lws, WSI_TOKEN_HTTP_AUTHORIZATION, (const unsigned char *)value.data,
                                               (int)value.len, at, end) != 0;
    if (value.data)
        explicit_bzero(value.data, value.len);
    strbuf_fini(&value);
    return refused ? -1 : 0;
}

static void receive(struct stream *stream, struct lws *lws, const char *bytes, size_t len) {
    if (stream->is_leaving)
        return;
    if (lws_frame_is_binary(lws)) {
        stream->handler.on_garbage(stream->handler.context, "the server sent a binary message");
        return;
    }
    if (lws_is_first_fragment(lws))
        strbuf_clear(&stream->in);
    if (stream->in.len + len > STREAM_MESSAGE_MAX) {
        stream->handler.on_garbage(stream->handler.context, "the server sent a message that is too large");
        return;
    }
    strbuf_append(&stream->in, bytes, len);
    if (lws_remaining_packet_payload(lws) > 0 || !lws_is_final_fragment(lws))
        return;
    if (strbuf_status(&stream->in) != STATUS_OK)
        stream->handler.on_garbage(stream->handler.context, "out of memory");
    else
        stream->handler.on_frame(stream->handler.context, stream->in.data ? stream->in.data : "", stream->in.len);
}

static int write_next(struct stream *stream, struct lws *lws) {
    if (stream->is_leaving) {
        lws_close_reason(lws, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
        return -1;
    }
    if (list_is_empty(&stream->out))
        return 0;
    struct queued *queued = LIST_ENTRY(list_first(&stream->out), struct queued, link);
    list_remove(&queued->link);
    stream->out_bytes -= queued->len;
    int written = lws_write(lws, queued->bytes + LWS_PRE, queued->len, LWS_WRITE_TEXT);
    explicit_bzero(queued->bytes, LWS_PRE + queued->len);
    free(queued);
    if (!list_is_empty(&stream->out))
        lws_callback_on_writable(lws);
    return written < 0 ? -1 : 0;
}

/* A close code that says what the status of a refused handshake says. */
static int code_of_status(unsigned status) {
    switch (status) {
    case 401:
        return 4401;
    case 403:
        return 4403;
    case 429:
        return 4429;
    case 503:
        return 1013;
    default:
        return STREAM_CLOSED_ABNORMALLY;
    }
}

static int64_t retry_after_ms(struct lws *lws) {
    char text[16];
    char *end = NULL;
    if (lws_hdr_copy(lws, text, sizeof text, WSI_TOKEN_HTTP_RETRY_AFTER) <= 0)
        return -1;
    long seconds = strtol(text, &end, 10);
    return end == text || *end != '\0' || seconds < 0 || seconds > 86400 ? -1 : seconds * 1000;
}

static void on_failed(struct stream *stream, struct lws *lws, const char *in, size_t len) {
    char why[TEXT_MAX + 40];
    unsigned status = lws_http_client_http_response(lws);
    int64_t after_ms = status ? retry_after_ms(lws) : -1;
    if (stream->certificate_error[0])
        (void)snprintf(why, sizeof why, "the server's certificate: %s", stream->certificate_error);
    else if (status && status != 101)
        (void)snprintf(why, sizeof why, "the server answered %u", status);
    else
        (void)snprintf(why, sizeof why, "no connection: %.*s", in ? (int)len : 6, in ? in : "failed");
    report_closed(stream, code_of_status(status), why, after_ms);
}

static void note_peer_close(struct stream *stream, const unsigned char *body, size_t len) {
    if (len >= 2)
        stream->close_code = body[0] << 8 | body[1];
}

static bool is_checked_here(const struct stream *stream) {
    return stream->options.server_url->is_ipv6 && !stream->options.is_insecure;
}

/* Is the server's own certificate, the last of the chain to be looked at, for another address? */
static bool is_of_another(const struct stream *stream, X509_STORE_CTX *store) {
    X509 *certificate = X509_STORE_CTX_get_current_cert(store);
    return is_checked_here(stream) && X509_STORE_CTX_get_error_depth(store) == 0 &&
           (!certificate || X509_check_ip_asc(certificate, stream->options.server_url->host, 0) != 1);
}

/* Called for each certificate of the chain, before a connection's number is known. Not 0: refused. */
static int on_certificate(struct stream *stream, X509_STORE_CTX *store, bool is_right) {
    if (is_right && is_of_another(stream, store)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_IP_ADDRESS_MISMATCH);
        (void)snprintf(stream->certificate_error, sizeof stream->certificate_error, "%s",
                       X509_verify_cert_error_string(X509_V_ERR_IP_ADDRESS_MISMATCH));
        return 1;
    }
    int error = is_right ? X509_V_OK : X509_STORE_CTX_get_error(store);
    if (error != X509_V_OK && !stream->options.is_insecure)
        (void)snprintf(stream->certificate_error, sizeof stream->certificate_error, "%s",
                       X509_verify_cert_error_string(error));
    if (error != X509_V_OK && stream->options.is_insecure)
        X509_STORE_CTX_set_error(store, X509_V_OK);
    return 0;
}

static int on_connection_event(struct stream *stream, struct lws *lws, enum lws_callback_reasons reason, void *in,
                               size_t len) {
    switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_headers(stream, lws, in, len);
    case LWS_CALLBACK_CLIENT_HTTP_REDIRECT:
        return 1;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        stream->lws = lws;
        stream->is_open = true;
        stream->handler.on_opened(stream->handler.context);
        break;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        receive(stream, lws, in, len);
        break;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return write_next(stream, lws);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        note_peer_close(stream, in, len);
        break;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        on_failed(stream, lws, in, len);
        break;
    case LWS_CALLBACK_CLIENT_CLOSED:
        report_closed(stream, stream->close_code ? stream->close_code : STREAM_CLOSED_ABNORMALLY, NULL, -1);
        break;
    default:
        break;
    }
    return 0;
}

static int on_event(struct lws *lws, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    struct stream *stream = lws ? stream_of(lws) : NULL;
    if (!stream)
        return 0;
    if (reason == LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION)
        return on_certificate(stream, user, len != 0);
    if (reason == LWS_CALLBACK_RAW_RX_FILE) {
        if (!stream->is_leaving)
            stream->handler.on_readable(stream->handler.context);
        return 0;
    }
    uintptr_t number = (uintptr_t)lws_get_opaque_user_data(lws);
    if (number == 0)
        return 0;
    if (number == stream->number)
        return on_connection_event(stream, lws, reason, in, len);
    /* One that was dropped: it must say and hear nothing more. */
    return reason == LWS_CALLBACK_CLIENT_RECEIVE || reason == LWS_CALLBACK_CLIENT_WRITEABLE ||
                   reason == LWS_CALLBACK_CLIENT_ESTABLISHED || reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER
               ? -1
               : 0;
}

/* --- what is asked of it --- */

void stream_connect(struct stream *stream, const char *token) {
    const struct server_url *server_url = stream->options.server_url;
    char authority[SERVER_URL_HOST_MAX + 10], path[SERVER_URL_PATH_MAX + sizeof "/stream"];
    stream_drop(stream);
    server_url_write_authority(server_url, authority, sizeof authority);
    (void)snprintf(path, sizeof path, "%s/stream", server_url->prefix);
    stream->token = token ? strdup(token) : NULL;
    uintptr_t number = stream->number = ++stream->last_number;
    stream->is_reported = false;
    stream->certificate_error[0] = '\0';
    int tls = server_url->is_secure ? LCCSCF_USE_SSL : 0;
    if (server_url->is_secure && stream->options.is_insecure)
        tls |= LCCSCF_ALLOW_SELFSIGNED | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK | LCCSCF_ALLOW_EXPIRED |
               LCCSCF_ALLOW_INSECURE;
    if (server_url->is_secure && is_checked_here(stream))
        tls |= LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
    struct lws_client_connect_info info = {
        .context = stream->context,
        .address = server_url->host,
        .port = server_url->port,
        .ssl_connection = tls | LCCSCF_HTTP_NO_FOLLOW_REDIRECT,
        .path = path,
        .host = authority,
        .protocol = SUBPROTOCOL,
        .local_protocol_name = SUBPROTOCOL,
        .ietf_version_or_minus_one = -1,
        .alpn = "http/1.1",
        .opaque_user_data = (void *)stream->number,
        .retry_and_idle_policy = &no_pings,
    };
    struct lws *lws = token && !stream->token ? NULL : lws_client_connect_via_info(&info);
    if (stream->number != number)
        return; /* it has failed already, and perhaps another one was begun */
    stream->lws = lws;
    if (!lws)
        report_closed(stream, STREAM_CLOSED_ABNORMALLY, "no connection: the address cannot be found or reached", -1);
}

void stream_send(struct stream *stream, const char *text, size_t len) {
    struct queued *queued = NULL;
    if (!stream->lws)
        return;
    if (stream->out_bytes + len <= STREAM_QUEUE_MAX)
        queued = calloc(1, sizeof *queued + LWS_PRE + len);
    if (!queued) {
        stream->handler.on_garbage(stream->handler.context, "the server does not take what is sent");
        return;
    }
    memcpy(queued->bytes + LWS_PRE, text, len);
    queued->len = len;
    stream->out_bytes += len;
    list_push_back(&stream->out, &queued->link);
    lws_callback_on_writable(stream->lws);
}

void stream_drop(struct stream *stream) {
    struct lws *lws = stream->lws;
    stream->is_reported = true;
    forget_connection(stream);
    if (lws)
        lws_set_timeout(lws, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static void on_patience_over(lws_sorted_usec_list_t *patience) {
    struct stream *stream = lws_container_of(patience, struct stream, patience);
    stream->is_leaving = false;
    lws_cancel_service(stream->context);
}

void stream_leave(struct stream *stream) {
    if (!stream->is_open)
        return;
    stream->is_reported = stream->is_leaving = true;
    clear_output(stream);
    lws_callback_on_writable(stream->lws);
    lws_sul_schedule(stream->context, 0, &stream->patience, on_patience_over,
                     (lws_usec_t)LEAVE_PATIENCE_MS * LWS_US_PER_MS);
    while (stream->is_leaving)
        stream_turn(stream);
    lws_sul_cancel(&stream->patience);
}

void stream_turn(struct stream *stream) {
    (void)lws_service(stream->context, 0);
}

void stream_interrupt(struct stream *stream) {
    lws_cancel_service(stream->context);
}

/* --- its own life --- */

enum status stream_create(const struct stream_options *options, const struct stream_handler *handler,
                          struct stream **ret_stream) {
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return STATUS_NO_MEMORY;
    stream->options = *options;
    stream->handler = *handler;
    stream->is_reported = true;
    stream->fd_watched = -1;
    list_init(&stream->out);
    unsigned long tls = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    if (options->ca_file)
        tls |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .options = options->server_url->is_secure ? tls : 0,
        .client_ssl_ca_filepath = options->ca_file ? options->ca_file : NO_FILE,
        .user = stream,
        .pt_serv_buf_size = SERVICE_BUFFER_BYTES,
        .retry_and_idle_policy = &no_pings,
    };
    lws_set_log_level(0, NULL);
    (void)unsetenv("http_proxy");
    (void)unsetenv("socks_proxy");
    stream->context = lws_create_context(&info);
    if (!stream->context) {
        free(stream);
        return STATUS_INTERNAL;
    }
    *ret_stream = stream;
    return STATUS_OK;
}

enum status stream_watch_fd(struct stream *stream, int fd) {
    lws_sock_file_fd_type descriptor = {.filefd = fd};
    struct lws_vhost *vhost = lws_get_vhost_by_name(stream->context, "default");
    struct lws *lws =
        vhost ? lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, descriptor, SUBPROTOCOL, NULL) : NULL;
    return lws ? STATUS_OK : STATUS_INTERNAL;
}

void stream_destroy(struct stream *stream) {
    stream_drop(stream);
    lws_context_destroy(stream->context);
    strbuf_fini(&stream->in);
    free(stream);
}
