/* Looks at how much WebSocket peers send, whatever the library makes of it: pings,
 * pongs and empty pieces never come to us, and cost a tenth of a microsecond each.
 *
 * A few connections a tick, in turn, so that it costs the same however many there
 * are: with ten thousand each is looked at every eight seconds. Who sends more than
 * it may, beyond a burst, is cut. Not seen: what comes through a socket that is not
 * TCP's. Thread: L. */
#include "net/socket_output.h"
#include "net/websocket_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#define LOOKS_PER_TICK 64
#define BURST_S 32

void websocket_inspect_begin(struct websocket *websocket, int64_t now_ms) {
    websocket->received_bytes = websocket->server->bytes_per_second ? socket_received_bytes(websocket->fd) : 0;
    websocket->receive_budget = websocket->server->bytes_per_second * BURST_S;
    websocket->inspected_ms = now_ms;
    list_push_back(&websocket->server->inspected, &websocket->inspected_link);
}

static void inspect(struct websocket *websocket, int64_t now_ms) {
    int64_t per_second = websocket->server->bytes_per_second, most = per_second * BURST_S;
    int64_t passed_ms = now_ms - websocket->inspected_ms;
    uint64_t received = socket_received_bytes(websocket->fd);
    int64_t came = (int64_t)(received - websocket->received_bytes);
    int64_t budget = websocket->receive_budget + passed_ms * per_second / 1000;
    websocket->receive_budget = (budget < most ? budget : most) - came;
    websocket->received_bytes = received;
    websocket->inspected_ms = now_ms;
    if (websocket->receive_budget >= 0 || websocket->phase != WEBSOCKET_OPEN)
        return;
    metrics_increment(METRIC_CLOSED_TOO_MANY);
    log_event(LOG_INFO, "websocket.flood", LOG_TEXT("peer", websocket->visitor.text));
    websocket_kill(websocket);
}

void websocket_server_inspect(struct websocket_server *server, int64_t now_ms) {
    size_t n = server->bytes_per_second == 0                    ? 0
               : server->connections_n < (size_t)LOOKS_PER_TICK ? server->connections_n
                                                                : (size_t)LOOKS_PER_TICK;
    for (struct list_link *link; n-- > 0 && (link = list_first(&server->inspected));) {
        list_remove(link);
        list_push_back(&server->inspected, link);
        inspect(LIST_ENTRY(link, struct websocket, inspected_link), now_ms);
    }
}
