/* One coarse wheel of deadlines for all the connections of a loop: setting,
 * moving and cancelling are O(1), whatever their number. An entry fires up to
 * one tick late, never early. Thread: L. */
#ifndef PF_NET_TIMER_WHEEL_H
#define PF_NET_TIMER_WHEEL_H

#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

#define TIMER_WHEEL_SLOTS 512

struct timer_entry {
    struct list_link link; /* in a slot; on none when it is not set */
    int64_t deadline_ms;
    void (*on_expired)(struct timer_entry *entry); /* it is not set any more; may set any entry */
};

struct timer_wheel {
    struct list slots[TIMER_WHEEL_SLOTS];
    int64_t tick_ms;
    int64_t tick; /* the last one that was looked at */
};

#define TIMER_ENTRY(entry, type, member) ((type *)(void *)((char *)(entry)-offsetof(type, member)))

void timer_wheel_init(struct timer_wheel *wheel, int64_t tick_ms, int64_t now_ms);
void timer_entry_init(struct timer_entry *entry, void (*on_expired)(struct timer_entry *entry));
/* Sets or moves. A deadline in the past fires at the next tick. */
void timer_wheel_set(struct timer_wheel *wheel, struct timer_entry *entry, int64_t deadline_ms);
void timer_entry_cancel(struct timer_entry *entry);
static inline bool timer_entry_is_set(const struct timer_entry *entry) {
    return list_link_is_linked(&entry->link);
}
/* Fires what is due. */
void timer_wheel_advance(struct timer_wheel *wheel, int64_t now_ms);

#endif
