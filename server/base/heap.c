/* Binary heap of deadlines over pointers to the owners' entries. The heap owns
 * its array only. Thread: the owner's. */
#include "base/heap.h"

#include <stdlib.h>

void heap_init(struct heap *heap) {
    *heap = (struct heap){0};
}

void heap_fini(struct heap *heap) {
    for (size_t i = 0; i < heap->count; i++)
        heap->entries[i]->place = 0;
    free(heap->entries);
    heap_init(heap);
}

static void place_entry(struct heap *heap, size_t at, struct heap_entry *entry) {
    heap->entries[at] = entry;
    entry->place = at + 1;
}

static void sift_up(struct heap *heap, size_t at, struct heap_entry *entry) {
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (heap->entries[parent]->deadline_ms <= entry->deadline_ms)
            break;
        place_entry(heap, at, heap->entries[parent]);
        at = parent;
    }
    place_entry(heap, at, entry);
}

static void sift_down(struct heap *heap, size_t at, struct heap_entry *entry) {
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->entries[child + 1]->deadline_ms < heap->entries[child]->deadline_ms)
            child++;
        if (entry->deadline_ms <= heap->entries[child]->deadline_ms)
            break;
        place_entry(heap, at, heap->entries[child]);
        at = child;
    }
    place_entry(heap, at, entry);
}

/* Settles an entry whose place is `at` but whose deadline may be anything. */
static void settle(struct heap *heap, size_t at, struct heap_entry *entry) {
    if (at > 0 && heap->entries[(at - 1) / 2]->deadline_ms > entry->deadline_ms)
        sift_up(heap, at, entry);
    else
        sift_down(heap, at, entry);
}

enum status heap_set(struct heap *heap, struct heap_entry *entry, int64_t deadline_ms) {
    if (entry->place) {
        entry->deadline_ms = deadline_ms;
        settle(heap, entry->place - 1, entry);
        return STATUS_OK;
    }
    if (heap->count == heap->capacity) {
        size_t capacity = heap->capacity ? heap->capacity * 2 : 16;
        struct heap_entry **entries = reallocarray(heap->entries, capacity, sizeof(struct heap_entry *));
        if (!entries)
            return STATUS_NO_MEMORY;
        heap->entries = entries;
        heap->capacity = capacity;
    }
    entry->deadline_ms = deadline_ms;
    sift_up(heap, heap->count++, entry);
    return STATUS_OK;
}

void heap_remove(struct heap *heap, struct heap_entry *entry) {
    if (!entry->place)
        return;
    size_t at = entry->place - 1;
    struct heap_entry *last = heap->entries[--heap->count];
    entry->place = 0;
    if (last != entry)
        settle(heap, at, last);
}

struct heap_entry *heap_first(const struct heap *heap) {
    return heap->count ? heap->entries[0] : NULL;
}
