/* Plain frames: each text or binary frame is an update. For the limit and for
 * peers that pass bytes on, or send JSON of their own. `--path` and `--hello`
 * are templates: {client}, {index} (the number of the client's portfolio) and
 * {portfolio} (its portfolio_id) are replaced. Without --hello a client is live
 * at once, with it the first frame says so and is not counted.
 *
 * The stamp is the decimal number that the frame begins with, `<stamp>:<slot>`
 * where a client has several subscriptions; in a frame of JSON the one after
 * "seq": near its beginning. Thread: one. */
#include "dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 256

extern const struct dialect dialect_plain;

struct plain {
    const struct dialect_job *job;
    bool *is_live; /* a client's first frame has come */
};

/* The value of the placeholder that the text begins with; NULL: it begins with none. */
static const char *placeholder(const struct dialect_job *job, unsigned client, const char *text, char *value,
                               size_t room, size_t *ret_skipped) {
    static const char *const names[] = {"{client}", "{index}", "{portfolio}"};
    unsigned portfolio = dialect_portfolio_of(job, client, 0);
    for (size_t i = 0; i < 3; i++) {
        if (strncmp(text, names[i], strlen(names[i])) != 0)
            continue;
        *ret_skipped = strlen(names[i]);
        (void)snprintf(value, room, i == 2 ? DIALECT_PORTFOLIO_FORMAT : "%u", i == 0 ? client : portfolio);
        return value;
    }
    return NULL;
}

/* The template with its placeholders replaced; false: it does not fit. */
static bool expand(const struct dialect_job *job, unsigned client, const char *text, char *out, size_t room,
                   size_t *ret_len) {
    char value[64];
    size_t len = 0, skipped = 0;
    while (*text) {
        const char *piece = placeholder(job, client, text, value, sizeof value, &skipped);
        size_t piece_len = piece ? strlen(piece) : 1;
        if (len + piece_len >= room)
            return false;
        memcpy(out + len, piece ? piece : text, piece_len);
        len += piece_len;
        text += piece ? skipped : 1;
    }
    out[len] = '\0';
    *ret_len = len;
    return true;
}

static bool write_path(const struct dialect_job *job, unsigned client, char *out, size_t room) {
    size_t len;
    return expand(job, client, job->path ? job->path : "/", out, room, &len);
}

static bool begin(const struct dialect_job *job, unsigned client, unsigned slot, struct dialect_message *ret_message) {
    ret_message->opcode = DIALECT_TEXT;
    return slot == 0 && job->hello &&
           expand(job, client, job->hello, ret_message->bytes, sizeof ret_message->bytes, &ret_message->len);
}

/* Moves *at past the digits. */
static uint64_t read_number(const char **at, const char *end) {
    uint64_t number = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++)
        number = number * 10 + (uint64_t)(**at - '0');
    return number;
}

static void read_stamp(const char *bytes, size_t len, struct dialect_update *update) {
    static const char mark[] = "\"seq\":";
    const char *at = bytes, *end = bytes + (len < HEAD_BYTES ? len : HEAD_BYTES);
    if (at < end && *at == '{') {
        at = memmem(bytes, (size_t)(end - bytes), mark, sizeof mark - 1);
        if (!at)
            return;
        for (at += sizeof mark - 1; at < end && *at == ' ';)
            at++;
    }
    update->stamp = read_number(&at, end);
    if (at < end && *at == ':') {
        at++;
        update->slot = (unsigned)read_number(&at, end);
    }
}

static void read_frame(void *state, unsigned client, const char *bytes, size_t len, const struct dialect_sink *sink) {
    struct plain *plain = state;
    struct dialect_update update = {.bytes = bytes, .len = len};
    read_stamp(bytes, len, &update);
    if (plain->is_live[client]) {
        sink->update(sink->context, &update);
    } else {
        plain->is_live[client] = true;
        sink->ready(sink->context, 0, update.stamp);
    }
}

static void plain_close(void *state) {
    struct plain *plain = state;
    free(plain->is_live);
    free(plain);
}

static void *plain_open(const struct dialect_job *job) {
    struct plain *plain = calloc(1, sizeof *plain);
    if (!plain)
        return NULL;
    plain->job = job;
    plain->is_live = calloc(job->clients_n, sizeof *plain->is_live);
    if (!plain->is_live) {
        plain_close(plain);
        return NULL;
    }
    /* Nobody asks: nobody waits for an answer. */
    memset(plain->is_live, job->hello == NULL, job->clients_n * sizeof *plain->is_live);
    return plain;
}

const struct dialect dialect_plain = {.name = "plain",
                                      .row_mark = "\"current_price\":",
                                      .write_path = write_path,
                                      .begin = begin,
                                      .read = read_frame,
                                      .open = plain_open,
                                      .close = plain_close};
