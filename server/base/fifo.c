/* A ring. What is removed leaves a gap; a push that finds the ring full closes
 * them. With twice as many places as entries that costs a push little. Refuses
 * nothing but memory it cannot have. Thread: the owner's. */
#include "base/fifo.h"

#include <assert.h>
#include <stdlib.h>

#define CAPACITY_MIN 16u

void fifo_init(struct fifo *fifo) {
    *fifo = (struct fifo){0};
}

void fifo_fini(struct fifo *fifo) {
    while (fifo_pop(fifo))
        ;
    free(fifo->places);
    fifo_init(fifo);
}

static void put(struct fifo *fifo, struct fifo_entry *entry) {
    uint32_t index = fifo->end++ & (fifo->capacity - 1);
    fifo->places[index] = entry;
    entry->place = index + 1;
}

enum status fifo_reserve(struct fifo *fifo, uint32_t entries_n) {
    uint32_t capacity = fifo->capacity ? fifo->capacity : CAPACITY_MIN;
    if (entries_n > UINT32_MAX / 4)
        return STATUS_NO_MEMORY;
    while (capacity < 2 * entries_n)
        capacity *= 2;
    if (capacity == fifo->capacity)
        return STATUS_OK;
    struct fifo grown = {.places = calloc(capacity, sizeof(struct fifo_entry *)), .capacity = capacity};
    if (!grown.places)
        return STATUS_NO_MEMORY;
    for (uint32_t n = fifo->n; grown.n < n; grown.n++)
        put(&grown, fifo_pop(fifo));
    free(fifo->places);
    *fifo = grown;
    return STATUS_OK;
}

static void close_gaps(struct fifo *fifo) {
    uint32_t first = fifo->first, end = fifo->end;
    fifo->end = first;
    for (uint32_t count = first; count != end; count++) {
        struct fifo_entry *entry = fifo->places[count & (fifo->capacity - 1)];
        if (entry)
            put(fifo, entry);
    }
}

void fifo_push(struct fifo *fifo, struct fifo_entry *entry) {
    if (fifo_is_in(entry))
        return;
    assert(fifo->n < fifo->capacity);
    if (fifo->end - fifo->first == fifo->capacity)
        close_gaps(fifo);
    put(fifo, entry);
    fifo->n++;
}

void fifo_remove(struct fifo *fifo, struct fifo_entry *entry) {
    if (!fifo_is_in(entry))
        return;
    fifo->places[entry->place - 1] = NULL;
    entry->place = 0;
    fifo->n--;
}

struct fifo_entry *fifo_pop(struct fifo *fifo) {
    struct fifo_entry *entry = NULL;
    while (!entry && fifo->first != fifo->end)
        entry = fifo->places[fifo->first++ & (fifo->capacity - 1)];
    if (entry) {
        entry->place = 0;
        fifo->n--;
    }
    return entry;
}
