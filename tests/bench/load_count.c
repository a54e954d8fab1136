/* What arrives: which batches it carries, how late, with how many rows. A
 * dialect reads it. Refuses (counts as out of step) an update that does not
 * continue what the client has. Thread: one. */
#include "frame_reader.h"
#include "load.h"
#include "process_usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_US 200000
#define ROWS_CLIENTS 61 /* rows are counted for one client in so many */

static void wait_for_time(struct load *load, uint64_t stamp, int64_t at_us) {
    if (load->waiting_n == load->waiting_capacity) {
        load->waiting_capacity = load->waiting_capacity ? load->waiting_capacity * 2 : 4096;
        load->waiting = realloc(load->waiting, load->waiting_capacity * sizeof *load->waiting);
        if (!load->waiting)
            abort();
    }
    load->waiting[load->waiting_n++] = (struct load_arrival){.stamp = stamp, .at_us = at_us};
}

/* Each batch after base and up to stamp has arrived now. */
static void note_latencies(struct load *load, uint64_t base, uint64_t stamp) {
    for (uint64_t i = stamp - base < PUBLISHER_SEQS ? base + 1 : stamp; i <= stamp; i++) {
        int64_t published_us = publisher_time_us(&load->publisher, i);
        if (published_us)
            histogram_add(&load->latency, load->last_update_us - published_us);
        else
            wait_for_time(load, i, load->last_update_us);
    }
}

void load_settle(struct load *load) {
    size_t kept = 0;
    for (size_t i = 0; i < load->waiting_n; i++) {
        int64_t published_us = publisher_time_us(&load->publisher, load->waiting[i].stamp);
        if (published_us)
            histogram_add(&load->latency, load->waiting[i].at_us - published_us);
        else
            load->waiting[kept++] = load->waiting[i];
    }
    load->waiting_n = kept;
}

static void count_rows(struct load *load, const struct dialect_update *update) {
    const char *mark = load->config.dialect->row_mark, *end = update->bytes + update->len;
    load->counts.sampled_updates_n++;
    if (!mark)
        return;
    for (const char *at = update->bytes; (at = memmem(at, (size_t)(end - at), mark, strlen(mark)));) {
        load->counts.rows_n++;
        at += strlen(mark);
    }
}

static void on_update(void *context, const struct dialect_update *update) {
    struct load *load = context;
    unsigned slot_number = update->slot < load->config.job.subscriptions_n ? update->slot : 0;
    struct load_slot *slot = load_slot_of(load, load->reading->index, slot_number);
    uint64_t known = slot->stamp, batches_n = 1;
    if (update->stamp && known) {
        if (update->stamp < known || (update->base && update->base != known))
            load->out_of_step_n++;
        batches_n = update->stamp > known ? update->stamp - known : 0;
    }
    if (update->stamp)
        slot->stamp = update->stamp;
    load->delivered_n += batches_n;
    if (!load->is_measuring)
        return;
    load->counts.updates_n++;
    load->counts.bytes_n += update->len;
    load->counts.batches_n += batches_n;
    if (load->reading->index % ROWS_CLIENTS == 0)
        count_rows(load, update);
    if (update->stamp && batches_n)
        note_latencies(load, known ? known : update->stamp - 1, update->stamp);
}

void load_make_live(struct load *load, struct stream_client *client, unsigned slot_number, uint64_t stamp) {
    struct load_slot *slot = load_slot_of(load, client->index, slot_number);
    slot->stamp = stamp;
    if (slot->state == LOAD_SLOT_LIVE)
        return; /* a snapshot between deltas */
    slot->state = LOAD_SLOT_LIVE;
    if (++client->live_slots_n < load->config.job.subscriptions_n)
        return;
    load->live_n++;
    if (load->on_live)
        load->on_live(load);
}

static void on_ready(void *context, unsigned slot, uint64_t stamp) {
    struct load *load = context;
    if (slot < load->config.job.subscriptions_n)
        load_make_live(load, load->reading, slot, stamp);
}

static void on_again(void *context, unsigned slot, const char *bytes, size_t len) {
    struct load *load = context;
    if (load->refusals_n++ == 0)
        (void)fprintf(stderr, "load_client: asks again after: %.*s\n", (int)(len < 300 ? len : 300), bytes);
    if (slot < load->config.job.subscriptions_n)
        load_slot_of(load, load->reading->index, slot)->state = LOAD_SLOT_REFUSED;
    load->reading->retry_at_us = monotonic_us() + RETRY_US;
}

static void on_send(void *context, const struct dialect_message *message) {
    struct load *load = context;
    char frame[DIALECT_MESSAGE_MAX + 16];
    size_t len = frame_write((unsigned char)message->opcode, message->bytes, message->len, frame, sizeof frame);
    stream_client_send(load->reading, frame, len);
}

static void on_broken(void *context, const char *why) {
    struct load *load = context;
    if (load->broken_n++ == 0)
        (void)fprintf(stderr, "load_client: connection %u: %s\n", load->reading->index, why);
}

void load_take(struct load *load, struct stream_client *client, const char *bytes, size_t len) {
    const struct dialect_sink sink = {.context = load,
                                      .update = on_update,
                                      .ready = on_ready,
                                      .again = on_again,
                                      .send = on_send,
                                      .broken = on_broken};
    load->reading = client;
    if (!load->is_idle)
        load->last_update_us = monotonic_us();
    load->config.dialect->read(load->dialect_state, client->index, bytes, len, &sink);
}
