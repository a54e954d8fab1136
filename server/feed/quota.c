/* Counts of requests in sliding seconds and minutes and in UTC days. Refuses
 * when any of them is used up. Thread: the poller's; pure. */
#include "feed/quota.h"

#include "base/timestamp.h"

#include <string.h>

#define LIMIT_MAX 1000000
#define SLOTS_OF_SPAN (QUOTA_SLOTS - 1)

static const int64_t slot_ms[QUOTA_DAY] = {100, 6000};

/* ---- limits ---- */

/* The number at *at, moved behind it and its slash; 0 when there is none. */
static uint32_t limit_read(const char **at) {
    uint32_t number = 0;
    while (**at >= '0' && **at <= '9' && number <= LIMIT_MAX)
        number = number * 10 + (uint32_t)(*(*at)++ - '0');
    if (**at != '/' || number > LIMIT_MAX)
        return 0;
    (*at)++;
    return number;
}

enum status quota_limits_parse(const char *text, struct quota_limits *ret_limits) {
    static const char *const names[QUOTA_SPANS_N] = {"s", "min", "day"};
    struct quota_limits limits = {{0}};
    if (strcmp(text, "none") == 0) {
        *ret_limits = limits;
        return STATUS_OK;
    }
    for (;;) {
        int span = 0;
        text += strspn(text, " ");
        uint32_t number = limit_read(&text);
        size_t len = strcspn(text, ", ");
        while (span < QUOTA_SPANS_N && (strlen(names[span]) != len || memcmp(names[span], text, len) != 0))
            span++;
        if (number == 0 || span == QUOTA_SPANS_N || limits.per[span] != 0)
            return STATUS_INVALID;
        limits.per[span] = number;
        text += len;
        text += strspn(text, " ");
        if (*text == '\0')
            break;
        if (*text++ != ',')
            return STATUS_INVALID;
    }
    *ret_limits = limits;
    return STATUS_OK;
}

/* ---- second and minute ---- */

/* Empties what is older than the span. A clock that steps back changes nothing. */
static void window_slide(struct quota_window *window, int64_t slot) {
    if (slot - window->newest >= QUOTA_SLOTS)
        memset(window->counts, 0, sizeof window->counts);
    else
        for (int64_t at = window->newest + 1; at <= slot; at++)
            window->counts[at % QUOTA_SLOTS] = 0;
    if (slot > window->newest)
        window->newest = slot;
}

static uint32_t window_sum(const struct quota_window *window) {
    uint32_t sum = 0;
    for (int i = 0; i < QUOTA_SLOTS; i++)
        sum += window->counts[i];
    return sum;
}

/* When so many leave the window that one more fits. */
static int64_t window_next_ms(const struct quota_window *window, uint32_t limit, int64_t span_slot_ms, int64_t now_ms) {
    uint32_t sum = window_sum(window);
    for (int64_t at = window->newest - SLOTS_OF_SPAN; sum >= limit && at <= window->newest; at++) {
        if (at < 0)
            continue;
        sum -= window->counts[at % QUOTA_SLOTS];
        if (sum < limit)
            return (at + QUOTA_SLOTS) * span_slot_ms;
    }
    return now_ms;
}

/* ---- the day ---- */

static void day_turn(struct quota *quota, int64_t wall_ms) {
    int32_t today = timestamp_date(wall_ms);
    if (today <= quota->day)
        return; /* the same, or a clock that steps back */
    quota->day = today;
    quota->day_n = 0;
}

int64_t quota_day_end_ms(int64_t now_ms, int64_t wall_ms) {
    return now_ms + (timestamp_date(wall_ms) + 1) * MS_PER_DAY - wall_ms;
}

/* ---- both ---- */

void quota_init(struct quota *quota, const struct quota_limits *limits) {
    *quota = (struct quota){.limits = *limits};
}

static void quota_turn(struct quota *quota, int64_t now_ms, int64_t wall_ms) {
    for (int span = QUOTA_SECOND; span < QUOTA_DAY; span++)
        window_slide(&quota->windows[span], now_ms / slot_ms[span]);
    day_turn(quota, wall_ms);
}

int64_t quota_next_ms(struct quota *quota, int64_t now_ms, int64_t wall_ms) {
    int64_t next_ms = now_ms;
    quota_turn(quota, now_ms, wall_ms);
    for (int span = QUOTA_SECOND; span < QUOTA_DAY; span++) {
        uint32_t limit = quota->limits.per[span];
        if (limit == 0)
            continue;
        int64_t this_ms = window_next_ms(&quota->windows[span], limit, slot_ms[span], now_ms);
        next_ms = this_ms > next_ms ? this_ms : next_ms;
    }
    uint32_t day_limit = quota->limits.per[QUOTA_DAY];
    if (day_limit != 0 && quota->day_n >= day_limit) {
        int64_t end_ms = quota_day_end_ms(now_ms, wall_ms);
        next_ms = end_ms > next_ms ? end_ms : next_ms;
    }
    return next_ms;
}

bool quota_take(struct quota *quota, int64_t now_ms, int64_t wall_ms) {
    if (quota_next_ms(quota, now_ms, wall_ms) > now_ms)
        return false;
    for (int span = QUOTA_SECOND; span < QUOTA_DAY; span++) {
        struct quota_window *window = &quota->windows[span];
        window->counts[window->newest % QUOTA_SLOTS]++;
    }
    quota->day_n++;
    quota->taken_n++;
    quota->last_wall_ms = wall_ms;
    return true;
}

uint32_t quota_left(struct quota *quota, enum quota_span span, int64_t now_ms, int64_t wall_ms) {
    uint32_t limit = quota->limits.per[span];
    quota_turn(quota, now_ms, wall_ms);
    uint32_t used = span == QUOTA_DAY ? quota->day_n : window_sum(&quota->windows[span]);
    return used < limit ? limit - used : 0;
}

void quota_use_up_day(struct quota *quota, int64_t wall_ms) {
    day_turn(quota, wall_ms);
    if (quota->day_n < quota->limits.per[QUOTA_DAY])
        quota->day_n = quota->limits.per[QUOTA_DAY];
}

/* ---- over a restart ---- */

void quota_usage_get(struct quota *quota, int64_t now_ms, int64_t wall_ms, struct quota_usage *ret_usage) {
    quota_turn(quota, now_ms, wall_ms);
    *ret_usage = (struct quota_usage){.day = quota->day,
                                      .day_n = quota->day_n,
                                      .minute_n = window_sum(&quota->windows[QUOTA_MINUTE]),
                                      .last_wall_ms = quota->last_wall_ms};
}

void quota_usage_add(struct quota *quota, const struct quota_usage *usage, int64_t now_ms, int64_t wall_ms) {
    quota_turn(quota, now_ms, wall_ms);
    if (usage->day == quota->day)
        quota->day_n = usage->day_n > UINT32_MAX - quota->day_n ? UINT32_MAX : quota->day_n + usage->day_n;
    /* All of the minute's as if they were the last: none is let through too early. */
    int64_t age_ms = wall_ms - usage->last_wall_ms;
    int64_t age_slots = (age_ms < 0 ? 0 : age_ms) / slot_ms[QUOTA_MINUTE];
    struct quota_window *window = &quota->windows[QUOTA_MINUTE];
    if (usage->last_wall_ms != 0 && age_slots < QUOTA_SLOTS && age_slots <= window->newest)
        window->counts[(window->newest - age_slots) % QUOTA_SLOTS] += usage->minute_n % LIMIT_MAX;
}
