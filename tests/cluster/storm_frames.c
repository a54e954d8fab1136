/* The contract's rules for a client, kept to the letter. Thread: one. */
#include "protocol/cursor.h"
#include "protocol/json_exact.h"
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    size_t len;
    const char *text = value ? json_exact_string(value, &len) : NULL;
    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    size_t len;
    const char *text = value ? json_exact_number(value, &len) : NULL;
    return text ? strtoll(text, NULL, 10) : -1;
}

static void wrong(struct storm *storm, const struct storm_client *client, unsigned long *count, const char *what,
                  const char *text) {
    (*count)++;
    storm_fail(storm, client, what, text);
}

/* RFC 7396. The depth is bounded by json_exact's. */
static json_t *merge(json_t *target, json_t *patch) {
    const char *name;
    json_t *value;
    if (!json_is_object(patch)) {
        json_decref(target);
        return json_incref(patch);
    }
    if (!json_is_object(target)) {
        json_decref(target);
        target = json_object();
    }
    json_object_foreach(patch, name, value) {
        if (json_is_null(value))
            (void)json_object_del(target, name);
        else if (json_object_set_new(target, name, merge(json_incref(json_object_get(target, name)), value)) != 0)
            abort();
    }
    return target;
}

/* To a client a cursor is opaque; a test may look: it must not lead back. */
static void check_order(struct storm *storm, const struct storm_client *client, const char *next) {
    struct cursor before, after;
    if (cursor_parse(client->cursor, strlen(client->cursor), &before) != STATUS_OK ||
        cursor_parse(next, strlen(next), &after) != STATUS_OK)
        wrong(storm, client, &storm->counts.errors, "not a cursor", next);
    else if (strcmp(before.epoch, after.epoch) == 0 && (after.seq < before.seq || after.version < before.version))
        wrong(storm, client, &storm->counts.led_back, client->cursor, next);
}

static void cursor_take(struct storm *storm, struct storm_client *client, const json_t *frame) {
    const char *cursor = text_of(frame, "cursor");
    if (client->cursor[0] != '\0')
        check_order(storm, client, cursor);
    (void)snprintf(client->cursor, sizeof client->cursor, "%s", cursor);
    if (client->is_live)
        return;
    client->is_live = true;
    storm->live_n++;
    int64_t outage_ms = client->lost_at_ms ? storm_now_ms() - client->lost_at_ms : 0;
    if (outage_ms > storm->outage_ms_max)
        storm->outage_ms_max = outage_ms;
}

/* max_rate: as many deltas in a second as a person reads; more would only measure this program. */
static void subscribe(struct storm *storm, struct storm_client *client) {
    char message[320], resume[STORM_CURSOR_MAX + 16] = "";
    if (client->cursor[0] != '\0') {
        storm->counts.resumes++;
        (void)snprintf(resume, sizeof resume, ",\"resume\":\"%s\"", client->cursor);
    }
    (void)snprintf(message, sizeof message,
                   "{\"type\":\"subscribe\",\"id\":1,\"portfolio_id\":\"%s\",\"max_rate\":1%s}", client->portfolio_id,
                   resume);
    client->expected = STORM_SUBSCRIBED;
    storm_stream_send(storm, client, message);
}

static void on_welcome(struct storm *storm, struct storm_client *client, const json_t *frame) {
    client->has_welcome = true;
    client->window_ms = number_of(frame, "reconnect_window_ms");
    storm->counts.opened++;
    subscribe(storm, client);
}

static void on_subscribed(struct storm *storm, struct storm_client *client, const json_t *frame) {
    const char *reason = text_of(frame, "reason");
    if (client->expected != STORM_SUBSCRIBED)
        wrong(storm, client, &storm->counts.errors, "subscribed", "was not asked for");
    if (json_is_true(json_object_get(frame, "recovered"))) {
        if (client->cursor[0] == '\0')
            wrong(storm, client, &storm->counts.errors, "recovered", "without a cursor");
        client->expected = STORM_DELTA;
        return;
    }
    client->expected = STORM_SNAPSHOT;
    if (client->cursor[0] == '\0')
        return;
    unsigned long *counts[] = {&storm->counts.epoch_changed, &storm->counts.seq_ahead, &storm->counts.version_ahead};
    const char *const reasons[] = {"epoch_changed", "seq_ahead", "version_ahead"};
    size_t i = 0;
    while (i < 3 && strcmp(reason, reasons[i]) != 0)
        i++;
    if (i < 3)
        (*counts[i])++;
    else
        wrong(storm, client, &storm->counts.errors, "not recovered", reason);
    client->cursor[0] = '\0'; /* what comes is a new beginning */
}

static void on_snapshot(struct storm *storm, struct storm_client *client, const json_t *frame) {
    if (client->expected == STORM_SUBSCRIBED || client->expected == STORM_DELTA)
        wrong(storm, client, &storm->counts.errors, "snapshot", "before what was to come first");
    client->expected = STORM_ANYTHING;
    storm->counts.snapshots++;
    json_decref(client->data);
    client->data = json_incref(json_object_get(frame, "data"));
    cursor_take(storm, client, frame);
}

static void on_delta(struct storm *storm, struct storm_client *client, const json_t *frame) {
    const char *base = text_of(frame, "base");
    if (client->expected == STORM_SUBSCRIBED || client->expected == STORM_SNAPSHOT)
        wrong(storm, client, &storm->counts.errors, "delta", "before what was to come first");
    if (strcmp(base, client->cursor) != 0) {
        wrong(storm, client, &storm->counts.wrong_bases, base, client->cursor);
        client->is_ended = true; /* comes back with the cursor it has */
        return;
    }
    storm->counts.deltas++;
    storm->counts.recovered += client->expected == STORM_DELTA;
    client->expected = STORM_ANYTHING;
    client->data = merge(client->data, json_object_get(frame, "patch"));
    cursor_take(storm, client, frame);
}

static void on_heartbeat(struct storm *storm, struct storm_client *client, const json_t *frame) {
    const json_t *said = json_object_get(json_object_get(frame, "subscriptions"), client->portfolio_id);
    if (client->is_live && strcmp(text_of(said, "cursor"), client->cursor) != 0)
        wrong(storm, client, &storm->counts.wrong_bases, "a heartbeat's cursor", text_of(said, "cursor"));
}

static void on_closing(struct storm *storm, struct storm_client *client, const json_t *frame) {
    client->after_ms = number_of(frame, "after_ms");
    if (!json_is_true(json_object_get(frame, "reconnect")) || client->after_ms < 0)
        wrong(storm, client, &storm->counts.errors, "closing", "without a way back");
    if (client->after_ms >= 0 && client->after_ms < client->window_ms)
        storm->after_quarters[client->after_ms * STORM_QUARTERS / client->window_ms]++;
    if (client->after_ms > client->window_ms)
        wrong(storm, client, &storm->counts.waits_past_window, "closing", "after_ms is past the window");
}

void storm_take_frame(struct storm *storm, struct storm_client *client, const char *bytes, size_t len) {
    static const struct {
        const char *type;
        void (*on_frame)(struct storm *storm, struct storm_client *client, const json_t *frame);
    } handlers[] = {{"welcome", on_welcome}, {"subscribed", on_subscribed}, {"snapshot", on_snapshot},
                    {"delta", on_delta},     {"heartbeat", on_heartbeat},   {"closing", on_closing}};
    json_t *frame = NULL;
    char error[128];
    if (json_exact_parse(bytes, len, &frame, error, sizeof error) != STATUS_OK) {
        wrong(storm, client, &storm->counts.errors, "not JSON", error);
        return;
    }
    size_t i = 0, handlers_n = sizeof handlers / sizeof handlers[0];
    while (i < handlers_n && strcmp(text_of(frame, "type"), handlers[i].type) != 0)
        i++;
    if (i < handlers_n)
        handlers[i].on_frame(storm, client, frame);
    else
        wrong(storm, client, &storm->counts.errors, text_of(frame, "type"), text_of(frame, "code"));
    json_decref(frame);
}
