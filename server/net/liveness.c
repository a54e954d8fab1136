/* The rules of liveness.h. Thread: L; pure. */
#include "net/liveness.h"

void liveness_init(struct liveness *liveness, int64_t now_ms) {
    *liveness = (struct liveness){.heard_ms = now_ms, .progress_ms = now_ms};
}

void liveness_heard(struct liveness *liveness, int64_t now_ms) {
    liveness->heard_ms = now_ms;
    liveness->is_pinged = false;
}

/* How often progress is looked at while output waits. */
static int64_t stall_sample_ms(const struct liveness_limits *limits) {
    int64_t sample_ms = limits->stall_timeout_ms / 8;
    return sample_ms < 1 ? 1 : sample_ms > 1000 ? 1000 : sample_ms;
}

int64_t liveness_blocked(struct liveness *liveness, const struct liveness_limits *limits, int64_t now_ms) {
    liveness->progress_ms = now_ms;
    return now_ms + stall_sample_ms(limits);
}

/* Output is under way: only progress counts. */
static enum liveness_verdict check_progress(const struct liveness *liveness, const struct liveness_limits *limits,
                                            int64_t now_ms, int64_t *ret_next_ms) {
    if (now_ms - liveness->progress_ms >= limits->stall_timeout_ms)
        return LIVENESS_STALLED;
    int64_t next_ms = now_ms + stall_sample_ms(limits);
    int64_t last_ms = liveness->progress_ms + limits->stall_timeout_ms;
    *ret_next_ms = next_ms < last_ms ? next_ms : last_ms;
    return LIVENESS_FINE;
}

static enum liveness_verdict check_pong(struct liveness *liveness, const struct liveness_limits *limits,
                                        const struct liveness_output *output, int64_t now_ms, int64_t *ret_next_ms) {
    if (liveness->ping_behind_bytes) {
        if (output->acked_bytes <= liveness->ping_behind_bytes)
            return check_progress(liveness, limits, now_ms, ret_next_ms);
        /* The ping has arrived just now: its time begins. */
        liveness->ping_behind_bytes = 0;
        liveness->pinged_ms = now_ms;
    }
    if (now_ms - liveness->pinged_ms >= limits->pong_within_ms)
        return LIVENESS_SILENT;
    *ret_next_ms = liveness->pinged_ms + limits->pong_within_ms;
    return LIVENESS_FINE;
}

enum liveness_verdict liveness_check(struct liveness *liveness, const struct liveness_limits *limits,
                                     const struct liveness_output *output, int64_t now_ms, int64_t *ret_next_ms) {
    if (output->acked_bytes != liveness->progress_bytes || (!output->is_buffered && output->unsent_bytes == 0)) {
        liveness->progress_bytes = output->acked_bytes;
        liveness->progress_ms = now_ms;
    }
    if (output->is_buffered) {
        liveness->pinged_ms = now_ms; /* its time begins when the output moves on */
        return check_progress(liveness, limits, now_ms, ret_next_ms);
    }
    if (liveness->is_pinged)
        return check_pong(liveness, limits, output, now_ms, ret_next_ms);
    if (now_ms - liveness->heard_ms < limits->ping_after_ms) {
        *ret_next_ms = liveness->heard_ms + limits->ping_after_ms;
        return LIVENESS_FINE;
    }
    liveness->is_pinged = true;
    liveness->pinged_ms = now_ms;
    if (output->unsent_bytes)
        liveness->progress_ms = now_ms;
    liveness->ping_behind_bytes = output->unsent_bytes ? output->acked_bytes + output->unsent_bytes : 0;
    *ret_next_ms = now_ms + (output->unsent_bytes ? stall_sample_ms(limits) : limits->pong_within_ms);
    return LIVENESS_PING;
}
