/* The deadlines. Thread: L; pure. */
#include "app/auth_clock.h"

void auth_clock_wait(struct auth_clock *clock, int64_t now_ms, int64_t timeout_ms) {
    *clock = (struct auth_clock){.tell_ms = AUTH_NEVER, .over_ms = AUTH_NEVER, .close_ms = now_ms + timeout_ms};
}

void auth_clock_start(struct auth_clock *clock, int64_t now_ms, int64_t lasts_ms, int64_t grace_ms) {
    *clock = (struct auth_clock){.tell_ms = AUTH_NEVER, .over_ms = AUTH_NEVER, .close_ms = AUTH_NEVER};
    if (lasts_ms > AUTH_NEVER - now_ms - grace_ms)
        return;
    if (lasts_ms < 0)
        lasts_ms = 0;
    /* Of one that does not last long at half its time: a client that refreshes when it is told to would be told at once
     * again, and again. */
    int64_t before_ms = lasts_ms / 2 < AUTH_TOLD_BEFORE_MS ? lasts_ms / 2 : AUTH_TOLD_BEFORE_MS;
    clock->tell_ms = now_ms + lasts_ms - before_ms;
    clock->over_ms = now_ms + lasts_ms;
    clock->close_ms = clock->over_ms + grace_ms;
}

enum auth_due auth_clock_take(struct auth_clock *clock, int64_t now_ms) {
    if (now_ms >= clock->close_ms)
        return AUTH_DUE_CLOSE;
    if (now_ms < clock->tell_ms)
        return AUTH_DUE_NOTHING;
    clock->tell_ms = AUTH_NEVER;
    return AUTH_DUE_TELL;
}

int64_t auth_clock_next_ms(const struct auth_clock *clock) {
    return clock->tell_ms < clock->close_ms ? clock->tell_ms : clock->close_ms;
}

bool auth_clock_is_over(const struct auth_clock *clock, int64_t now_ms) {
    return now_ms >= clock->over_ms;
}
