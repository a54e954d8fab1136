/* Owns the snapshot of the last read, and when that was. While PostgreSQL is away
 * nothing is told; when it is back, everything since. What was too long ago to be
 * there still, or did not reach a loop, counts as everything. Thread: L, but for
 * read_work (W). */
#include "app/access_reader.h"

#include "app/access_notice.h"
#include "app/shard_internal.h"
#include "store/access_changes.h"

#include <stdlib.h>

#define EACH_S 0.5

struct access_reader {
    struct store_job job; /* first */
    struct shard *shard;
    ev_timer timer;
    bool is_reading;
    bool is_stopped; /* freed when the read under way is done */
    bool is_behind;  /* a loop was not told of something */
    int64_t began_ms;
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
    atomic_store(&reader->shard->instance->access_read_ms, reader->began_ms);
    if (changes->is_all || reader->is_behind) {
        reader->is_behind = !access_changed_here(reader->shard, &anybody);
        return;
    }
    for (size_t i = 0; i < changes->subjects_n; i++)
        reader->is_behind |= !access_changed_here(reader->shard, &changes->subjects[i]);
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
