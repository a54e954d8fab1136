/* The wheel: a slot a tick, each a list. What lies further ahead than the wheel
 * goes round stays in its slot until its round comes. Thread: L. */
#include "net/timer_wheel.h"

void timer_wheel_init(struct timer_wheel *wheel, int64_t tick_ms, int64_t now_ms) {
    for (size_t i = 0; i < TIMER_WHEEL_SLOTS; i++)
        list_init(&wheel->slots[i]);
    wheel->tick_ms = tick_ms;
    wheel->tick = now_ms / tick_ms;
}

void timer_entry_init(struct timer_entry *entry, void (*on_expired)(struct timer_entry *entry)) {
    list_link_init(&entry->link);
    entry->deadline_ms = 0;
    entry->on_expired = on_expired;
}

void timer_wheel_set(struct timer_wheel *wheel, struct timer_entry *entry, int64_t deadline_ms) {
    list_remove(&entry->link);
    entry->deadline_ms = deadline_ms;
    /* Rounded up, so that it never fires early. */
    int64_t tick = (deadline_ms + wheel->tick_ms - 1) / wheel->tick_ms;
    if (tick <= wheel->tick)
        tick = wheel->tick + 1;
    list_push_back(&wheel->slots[(uint64_t)tick % TIMER_WHEEL_SLOTS], &entry->link);
}

void timer_entry_cancel(struct timer_entry *entry) {
    list_remove(&entry->link);
}

static void timer_wheel_fire(struct timer_wheel *wheel, struct list *due, int64_t now_ms) {
    struct list_link *link;
    while ((link = list_first(due))) {
        struct timer_entry *entry = LIST_ENTRY(link, struct timer_entry, link);
        list_remove(&entry->link);
        if (entry->deadline_ms > now_ms)
            timer_wheel_set(wheel, entry, entry->deadline_ms);
        else
            entry->on_expired(entry);
    }
}

void timer_wheel_advance(struct timer_wheel *wheel, int64_t now_ms) {
    int64_t last = now_ms / wheel->tick_ms;
    if (last <= wheel->tick)
        return;
    /* After a long pause one turn of the wheel sees everything. */
    int64_t first = last - wheel->tick > TIMER_WHEEL_SLOTS ? last - TIMER_WHEEL_SLOTS + 1 : wheel->tick + 1;
    /* The new time counts already: what a callback sets lands ahead of it. */
    wheel->tick = last;
    for (int64_t tick = first; tick <= last; tick++) {
        struct list due;
        list_init(&due);
        list_splice_back(&due, &wheel->slots[(uint64_t)tick % TIMER_WHEEL_SLOTS]);
        timer_wheel_fire(wheel, &due, now_ms);
    }
}
