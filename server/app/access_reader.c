/* Owns the snapshot of the last read. While PostgreSQL is away nothing is told,
 * and nobody's right ends; when it is back, everything since. What was too long
 * ago to be there still counts as everything. Thread: L, but for read_work (W). */
#include "app/access_reader.h"

#include "app/access_notice.h"
#include "app/shard_internal.h"
#include "store/access_changes.h"

#include <stdlib.h>

#define EACH_S 0.5
#define GAP_MAX_MS 60000 /* rows are kept for some minutes */

struct access_reader {
    struct store_job job; /* first */
    struct shard *shard;
    ev_timer timer;
    bool is_reading;
    bool is_stopped;           /* freed when the read under way is done */
    int64_t began_ms, read_ms; /* this read; the last one that succeeded */
    struct access_changes changes;
};

static int64_t now_ms(const struct access_reader *reader) {
    return clock_monotonic_ms(reader->shard->instance->clock);
}

/* Thread: W. */
static enum status read_work(struct store_job *job, struct db *db) {
    return access_changes_read(db, &((struct access_reader *)(void *)job)->changes);
}

static void tell(struct access_reader *reader) {
    static const struct uuid anybody = {{0}};
    const struct access_changes *changes = &reader->changes;
    bool has_gap = reader->began_ms - reader->read_ms > GAP_MAX_MS;
    reader->read_ms = reader->began_ms;
    if (changes->is_all || has_gap) {
        access_changed_here(reader->shard, &anybody);
        return;
    }
    for (size_t i = 0; i < changes->subjects_n; i++)
        access_changed_here(reader->shard, &changes->subjects[i]);
}

static void on_read(struct store_job *job) {
    struct access_reader *reader = (struct access_reader *)(void *)job;
    reader->is_reading = false;
    if (reader->is_stopped)
        free(reader);
    else if (job->status == STATUS_OK && !atomic_load(&job->job.is_cancelled))
        tell(reader);
}

static void on_timer(struct ev_loop *ev, ev_timer *timer, int events) {
    (void)ev;
    (void)events;
    struct access_reader *reader = timer->data;
    if (reader->is_reading)
        return;
    reader->job.work = read_work;
    reader->job.done = on_read;
    reader->began_ms = now_ms(reader);
    const struct shard *shard = reader->shard;
    reader->is_reading = store_submit(shard->instance->store, shard->mailbox, &reader->job) == STATUS_OK;
}

enum status access_reader_start(struct shard *shard, struct access_reader **ret_reader) {
    struct access_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return STATUS_NO_MEMORY;
    reader->shard = shard;
    ev_timer_init(&reader->timer, on_timer, 0., EACH_S);
    reader->timer.data = reader;
    ev_timer_start(loop_ev(shard->loop), &reader->timer);
    *ret_reader = reader;
    return STATUS_OK;
}

void access_reader_stop(struct access_reader **reader) {
    struct access_reader *stopping = *reader;
    if (!stopping)
        return;
    *reader = NULL;
    ev_timer_stop(loop_ev(stopping->shard->loop), &stopping->timer);
    stopping->is_stopped = true;
    if (!stopping->is_reading)
        free(stopping);
}
