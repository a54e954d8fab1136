/* A client of the world: keeps the client's whole rule, trusts no frame. */
#include "../unit/test.h"
#include "protocol/json_exact.h"
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The session's peer. */

static enum websocket_written peer_write(void *context, struct frame *const *frames, size_t frames_n) {
    struct world_client *client = context;
    if (client->is_stalled || client->inbox_n + frames_n > WORLD_FRAMES)
        return WEBSOCKET_BLOCKED;
    for (size_t i = 0; i < frames_n; i++)
        client->inbox[client->inbox_n++] = frame_ref(frames[i]);
    return WEBSOCKET_SENT;
}

static void peer_close(void *context, int code, const char *reason) {
    struct world_client *client = context;
    (void)code;
    (void)reason;
    client->is_closed_by_server = true;
}

static void peer_pause_reading(void *context, bool is_paused) {
    (void)context;
    (void)is_paused;
}

static void peer_ask_ahead(void *context) {
    (void)context;
}

static const struct peer_ops world_peer = {peer_write, peer_close, peer_pause_reading, peer_ask_ahead};

void world_client_connect(struct world_client *client, int loop) {
    struct peer peer = {&world_peer, client};
    if (client->loop >= 0)
        return;
    client->loop = loop;
    client->is_stalled = client->is_closed_by_server = false;
    assert_int_equal(session_create(client->world->loops[loop].hub, &peer, NULL, &client->session), STATUS_OK);
}

static void drop_inbox(struct world_client *client, size_t n) {
    for (size_t i = 0; i < n; i++)
        frame_unref(&client->inbox[i]);
    client->inbox_n -= n;
    memmove(client->inbox, client->inbox + n, client->inbox_n * sizeof(struct frame *));
}

/* What is on its way is lost; the documents and cursors stay for a resume. */
void world_client_disconnect(struct world_client *client) {
    if (client->loop < 0)
        return;
    session_on_closed(client->session);
    client->session = NULL;
    client->loop = -1;
    drop_inbox(client, client->inbox_n);
    for (int i = 0; i < WORLD_PORTFOLIOS; i++)
        client->views[i].wish = WISH_NONE;
}

void world_client_fini(struct world_client *client) {
    world_client_disconnect(client);
    for (int i = 0; i < WORLD_PORTFOLIOS; i++)
        json_decref(client->views[i].data);
}

void world_client_send(struct world_client *client, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert_true(len > 0 && (size_t)len < sizeof text);
    if (client->world->trace)
        print_message("client %d > %s\n", (int)(client - client->world->clients), text);
    if (!client->is_closed_by_server)
        session_on_message(client->session, text, (size_t)len);
}

void world_client_subscribe(struct world_client *client, int portfolio, int fields, int64_t max_rate, bool resume) {
    struct world_view *view = &client->views[portfolio];
    char id[UUID_TEXT_LEN + 1];
    char options[512] = "";
    size_t len = 0;
    if (client->loop < 0 || view->wish != WISH_NONE)
        return;
    uuid_write(id, &client->world->portfolios[portfolio].id);
    if (max_rate > 0)
        len += (size_t)snprintf(options, sizeof options, ",\"max_rate\":%lld", (long long)max_rate);
    if (fields > 0)
        len += (size_t)snprintf(options + len, sizeof options - len, ",\"fields\":%s", world_field_sets[fields]);
    resume = resume && view->cursor[0] && view->data;
    if (resume)
        (void)snprintf(options + len, sizeof options - len, ",\"resume\":\"%s\"", view->cursor);
    if (!resume) {
        json_decref(view->data);
        view->data = NULL;
        view->cursor[0] = '\0';
    }
    view->wish = WISH_ASKED;
    view->fields = fields;
    world_client_send(client, "{\"type\":\"subscribe\",\"portfolio_id\":\"%s\"%s}", id, options);
}

void world_client_unsubscribe(struct world_client *client, int portfolio) {
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &client->world->portfolios[portfolio].id);
    client->views[portfolio].wish = WISH_LEAVING;
    world_client_send(client, "{\"type\":\"unsubscribe\",\"portfolio_id\":\"%s\"}", id);
}

/* The tree with every number, boolean and string as its text. */
static json_t *plain(const json_t *value) {
    if (json_is_object(value)) {
        json_t *object = json_object();
        const char *key;
        json_t *member;
        json_object_foreach((json_t *)(uintptr_t)value, key, member) json_object_set_new(object, key, plain(member));
        return object;
    }
    if (json_is_boolean(value))
        return json_string(json_is_true(value) ? "true" : "false");
    if (json_is_null(value) || json_is_array(value))
        return json_null(); /* only granted.fields is an array; nothing here reads it */
    size_t len;
    const char *text = json_exact_is_number(value) ? json_exact_number(value, &len) : json_exact_string(value, &len);
    assert_non_null(text);
    return json_string(text);
}

/* RFC 7396. */
static void merge(json_t *target, const json_t *patch) {
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)patch, key, member) {
        if (json_is_null(member))
            json_object_del(target, key);
        else if (!json_is_object(member))
            json_object_set(target, key, member);
        else {
            if (!json_is_object(json_object_get(target, key)))
                json_object_set_new(target, key, json_object());
            merge(json_object_get(target, key), member);
        }
    }
}

static const char *text_of(const json_t *frame, const char *name) {
    const char *text = json_string_value(json_object_get(frame, name));
    return text ? text : "";
}

static void take_cursor(struct world_view *view, const json_t *frame) {
    const char *cursor = text_of(frame, "cursor");
    assert_true(strlen(cursor) > 0 && strlen(cursor) < sizeof view->cursor);
    memcpy(view->cursor, cursor, strlen(cursor) + 1);
    if (view->fields == 0)
        world_check_sums(view->data);
}

static void on_snapshot(struct world_client *client, struct world_view *view, const json_t *frame) {
    assert_true(view->wish == WISH_LIVE || view->wish == WISH_LEAVING);
    assert_false(view->expects_delta_only);
    json_decref(view->data);
    view->data = json_deep_copy(json_object_get(frame, "data"));
    client->snapshots_n++;
    take_cursor(view, frame);
}

static void on_delta(struct world_client *client, struct world_view *view, const json_t *frame) {
    assert_true(view->wish == WISH_LIVE || view->wish == WISH_LEAVING);
    /* On one connection the server never leaves a gap. */
    assert_string_equal(text_of(frame, "base"), view->cursor);
    assert_non_null(view->data);
    merge(view->data, json_object_get(frame, "patch"));
    view->expects_delta_only = false;
    client->deltas_n++;
    take_cursor(view, frame);
}

static void on_heartbeat(struct world_client *client, const json_t *frame) {
    const char *key;
    json_t *member;
    json_object_foreach(json_object_get(frame, "subscriptions"), key, member) {
        struct uuid id;
        assert_int_equal(uuid_parse(key, strlen(key), &id), STATUS_OK);
        const struct world_view *view = &client->views[world_db_find(client->world, &id)];
        assert_string_equal(text_of(member, "cursor"), view->cursor);
    }
}

static void on_answer(struct world_client *client, struct world_view *view, const char *type, const json_t *frame) {
    if (strcmp(type, "subscribed") == 0) {
        bool is_recovered = strcmp(text_of(frame, "recovered"), "true") == 0;
        assert_int_equal(view->wish, WISH_ASKED);
        assert_true(!is_recovered || view->cursor[0]);
        view->wish = WISH_LIVE;
        view->expects_delta_only = is_recovered;
        client->recovered_n += is_recovered ? 1 : 0;
    } else if (strcmp(type, "unsubscribed") == 0 || strcmp(type, "error") == 0) {
        /* Error of a resync: it failed, the subscription did not; or the subscription went before it was answered. */
        if (strcmp(type, "unsubscribed") == 0 || strcmp(text_of(frame, "id"), "r") != 0)
            view->wish = WISH_NONE;
    } else
        assert_string_equal(type, "updated");
}

static void handle(struct world_client *client, const json_t *frame) {
    const char *type = text_of(frame, "type");
    const char *portfolio_id = text_of(frame, "portfolio_id");
    struct uuid id;
    if (strcmp(type, "heartbeat") == 0) {
        on_heartbeat(client, frame);
        return;
    }
    if (strcmp(type, "welcome") == 0)
        return;
    assert_int_equal(uuid_parse(portfolio_id, strlen(portfolio_id), &id), STATUS_OK);
    struct world_view *view = &client->views[world_db_find(client->world, &id)];
    if (strcmp(type, "snapshot") == 0)
        on_snapshot(client, view, frame);
    else if (strcmp(type, "delta") == 0)
        on_delta(client, view, frame);
    else
        on_answer(client, view, type, frame);
}

void world_client_receive(struct world_client *client) {
    json_t *parsed = NULL;
    char error[96];
    if (client->inbox_n == 0)
        return;
    struct frame *frame = client->inbox[0];
    if (client->world->trace)
        print_message("client %d < %.*s\n", (int)(client - client->world->clients), (int)frame->len,
                      (const char *)frame_payload(frame));
    assert_int_equal(json_exact_parse((const char *)frame_payload(frame), frame->len, &parsed, error, sizeof error),
                     STATUS_OK);
    json_t *readable = plain(parsed);
    handle(client, readable);
    json_decref(readable);
    json_decref(parsed);
    drop_inbox(client, 1);
}

void world_client_receive_all(struct world_client *client) {
    while (client->inbox_n > 0)
        world_client_receive(client);
}
