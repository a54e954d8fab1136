/* Intrusive binary heap of deadlines (ms): the earliest is on top. An entry
 * knows its place, so that it can be moved or removed in O(log n).
 * Thread: the owner's. */
#ifndef PF_BASE_HEAP_H
#define PF_BASE_HEAP_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_entry {
    size_t place; /* 1-based index in the heap; 0 = not in it */
    int64_t deadline_ms;
};
struct heap {
    struct heap_entry **entries;
    size_t count, capacity;
};

#define HEAP_ENTRY(entry, type, member) ((type *)(void *)((char *)(entry)-offsetof(type, member)))

void heap_init(struct heap *heap);
void heap_fini(struct heap *heap);
/* Inserts, or moves when it is in the heap already. */
PF_MUST_CHECK enum status heap_set(struct heap *heap, struct heap_entry *entry, int64_t deadline_ms);
void heap_remove(struct heap *heap, struct heap_entry *entry); /* no-op when not in it */
struct heap_entry *heap_first(const struct heap *heap);        /* NULL when empty */

static inline bool heap_entry_is_set(const struct heap_entry *entry) {
    return entry->place != 0;
}

#endif
