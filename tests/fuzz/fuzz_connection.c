/* The whole path of a request: bytes into a socket, a connection that reads them,
 * head, body, path, query, entity tags, origin, who it is from, until the answer.
 * However the bytes are cut, they are the same requests, or the same refusal; and
 * when the client has shut its side nothing is left of it. The first two bytes say
 * the lengths of the pieces. */
#include "app/api.h"
#include "app/cors.h"
#include "app/etag.h"
#include "app/query.h"
#include "app/router.h"
#include "app/stream_credential.h"
#include "fuzz.h"
#include "net/http_server.h"

#include <errno.h>
#include <ev.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX 512
#define IMPORT_MAX 4096
#define PIECES_MAX 64 /* then the rest at once */

/* One connection, as its handler saw it. */
struct run {
    struct http_server server;
    struct timer_wheel wheel;
    struct manual_clock clock;
    struct config config;
    struct api_context api;
    struct origins *origins;
    struct address_list proxies;
    struct strbuf seen; /* of each request its parts; then how it ended */
};

static void see(struct run *run, const char *bytes, size_t len) {
    strbuf_append_u64(&run->seen, len);
    strbuf_append_char(&run->seen, ':');
    strbuf_append(&run->seen, bytes, len);
    strbuf_append_char(&run->seen, '\n');
}

static void check_text(const char *text) {
    for (; *text; text++)
        FUZZ_CHECK(((unsigned char)*text >= ' ' || *text == '\t') && *text != 0x7f);
}

/* What REST makes of the strings of a head. */
static void read_strings(struct run *run, const struct http_request *request) {
    static const struct route routes[] = {
        {.method = HTTP_GET, .pattern = "/portfolios/{id}/investments"},
        {.method = HTTP_PUT, .pattern = "/assets/{symbol}/price"},
        {.method = HTTP_DELETE, .pattern = "/customers/{id}/advisors/{user}"},
    };
    const struct route *route = NULL;
    struct route_params params = {0};
    unsigned methods = 0;
    char value[QUERY_VALUE_MAX + 1];
    if (router_find(routes, sizeof routes / sizeof routes[0], request->method, request->path, &route, &params,
                    &methods) == STATUS_OK)
        for (size_t i = 0; i < params.n; i++)
            FUZZ_CHECK(params.texts[i][0] && strlen(params.texts[i]) <= ROUTER_PARAM_MAX);
    for (size_t i = 0; i < params.n; i++)
        see(run, params.texts[i], strlen(params.texts[i]));
    if (query_get(request->query, "limit", value) == STATUS_OK)
        see(run, value, strlen(value));
    const char *tags = request->headers[HTTP_HEADER_IF_MATCH];
    FUZZ_CHECK(!tags || !etag_matches_strongly(tags, "5-x") || etag_matches_weakly(tags, "5-x"));
    struct http_response response = {.status = 200};
    cors_add(run->origins, request, "GET", &response);
    see(run, response.headers_n ? response.headers[0].value : "", response.headers_n ? 1 : 0);
}

static void respond(struct http_request *request, int status, bool close) {
    const struct http_response response = {.status = status,
                                           .content_type = "text/plain",
                                           .body = request->body,
                                           .body_len = request->body_len,
                                           .close = close,
                                           .headers = {{"location:", request->path}},
                                           .headers_n = 1};
    http_respond(request, &response);
}

static void on_request(void *context, struct http_request *request) {
    struct run *run = context;
    if (request->refusal != HTTP_REFUSAL_NONE) { /* which one depends on how much had come */
        see(run, request->refusal == HTTP_REFUSAL_UPGRADE ? "H" : "R", 1);
        respond(request, 400, true);
        return;
    }
    see(run, (const char[]){(char)('0' + (int)request->method)}, 1);
    see(run, request->path, strlen(request->path));
    see(run, request->query, strlen(request->query));
    see(run, request->body, request->body_len);
    see(run, request->peer, strlen(request->peer));
    FUZZ_CHECK(request->path[0] == '/' || strcmp(request->path, "*") == 0);
    FUZZ_CHECK(request->body_len <= api_max_body_bytes(&run->api, request->method, request->path));
    FUZZ_CHECK(request->body[request->body_len] == '\0');
    for (size_t i = 0; i < HTTP_HEADER_N; i++) {
        const char *value = request->headers[i] ? request->headers[i] : "";
        check_text(value);
        see(run, value, strlen(value));
    }
    read_strings(run, request);
    respond(request, 200, false);
}

/* What follows a handshake before its answer makes it none: so much depends on the pieces. */
static void on_handshake(void *context, struct http_request *request) {
    struct stream_credential credential;
    see(context, "H", 1);
    stream_credential_read(request, &credential);
    if (credential.kind == STREAM_CREDENTIAL_NONE)
        http_upgrade(request, NULL);
    else
        respond(request, 401, true);
}

static void on_upgraded(void *context, struct transport *transport, const struct visitor *visitor,
                        const struct head *head, void *grant) {
    (void)context, (void)visitor, (void)grant;
    FUZZ_CHECK(handshake_check(head, "portfolio.v1.json") == STATUS_OK);
    close(transport->fd);
}

static size_t max_body_bytes(void *context, enum http_method method, const char *path) {
    return api_max_body_bytes(&((struct run *)context)->api, method, path);
}

/* Everything but the loop is new for each run: nothing of one input meets another. */
static void run_init(struct run *run, struct ev_loop *ev) {
    char error[128];
    memset(run, 0, sizeof *run);
    strbuf_init(&run->seen);
    manual_clock_init(&run->clock, 1000000);
    timer_wheel_init(&run->wheel, 50, run->clock.monotonic_ms);
    run->config.max_body_bytes = BODY_MAX;
    run->config.max_import_bytes = IMPORT_MAX;
    run->api.config = &run->config;
    FUZZ_CHECK(origins_parse("https://a.example,null", &run->origins, error, sizeof error) == STATUS_OK);
    FUZZ_CHECK(address_list_parse("127.0.0.1,10.0.0.0/8", &run->proxies, error, sizeof error) == STATUS_OK);
    run->server = (struct http_server){.ev = ev,
                                       .wheel = &run->wheel,
                                       .clock = &run->clock.clock,
                                       .handler = {.context = run,
                                                   .on_request = on_request,
                                                   .on_handshake = on_handshake,
                                                   .max_body_bytes = max_body_bytes},
                                       .admission = {.proxies = &run->proxies},
                                       .max_body_bytes = BODY_MAX,
                                       .request_timeout_ms = 10000,
                                       .websocket_path = "/stream",
                                       .websocket_protocol = "portfolio.v1.json",
                                       .on_upgraded = on_upgraded};
    http_server_init(&run->server);
}

/* Turns of the loop until nothing happens any more: no byte is read, none is answered. ends[0] is the server's. */
static void settle(struct run *run, const int ends[2]) {
    char answer[4096];
    bool is_going = true;
    for (size_t unread_n = SIZE_MAX, seen_len = 0; is_going;) {
        int waiting_n = 0;
        ev_run(run->server.ev, EVRUN_NOWAIT);
        is_going = ioctl(ends[0], FIONREAD, &waiting_n) == 0 && (size_t)waiting_n != unread_n;
        is_going = is_going || run->seen.len != seen_len;
        unread_n = (size_t)waiting_n;
        seen_len = run->seen.len;
        while (recv(ends[1], answer, sizeof answer, MSG_DONTWAIT) > 0)
            is_going = true;
    }
}

static void run_bytes(struct run *run, const char *bytes, size_t len, const size_t cuts[2]) {
    int ends[2];
    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    http_server_accept(&run->server, ends[0], "127.0.0.1", false);
    for (size_t at = 0, n = 0; at < len && run->server.connections_n > 0; n++) {
        size_t cut = n < PIECES_MAX && cuts[n % 2] < len - at ? cuts[n % 2] : len - at;
        ssize_t sent = send(ends[1], bytes + at, cut, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            break;
        at += sent > 0 ? (size_t)sent : 0;
        settle(run, ends);
    }
    shutdown(ends[1], SHUT_WR);
    settle(run, ends);
    FUZZ_CHECK(run->server.connections_n == 0 && run->server.large_bodies_n == 0);
    close(ends[1]);
}

static void run_fini(struct run *run) {
    http_server_fini(&run->server);
    origins_destroy(&run->origins);
    strbuf_fini(&run->seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct ev_loop *ev;
    static struct run whole, cut;
    if (size < 3)
        return 0;
    if (!ev)
        ev = ev_loop_new(EVFLAG_AUTO);
    FUZZ_CHECK(ev);
    const char *bytes = (const char *)data + 2;
    size_t len = size - 2;
    run_init(&whole, ev);
    run_bytes(&whole, bytes, len, (const size_t[2]){len, len});
    run_init(&cut, ev);
    run_bytes(&cut, bytes, len, (const size_t[2]){(size_t)data[0] + 1, (size_t)data[1] + 1});
    FUZZ_CHECK(whole.seen.len == cut.seen.len);
    FUZZ_CHECK(whole.seen.len == 0 || memcmp(whole.seen.data, cut.seen.data, whole.seen.len) == 0);
    run_fini(&whole);
    run_fini(&cut);
    return 0;
}
