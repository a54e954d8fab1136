/* Intrusive queue, first in first out, as one array of pointers: what comes next
 * can be looked at, and its memory asked for, without following it from entry to
 * entry. An entry is in at most one; a push of one that is in, and a removal of
 * one that is not, do nothing.
 *
 * Memory is had in advance, by fifo_reserve: a push cannot fail. Thread: the
 * owner's. */
#ifndef PF_BASE_FIFO_H
#define PF_BASE_FIFO_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fifo_entry { /* all zero: in none */
    uint32_t place; /* one more than its index in the array; 0: in none */
};

struct fifo {
    struct fifo_entry **places; /* [capacity], a power of two; NULL where an entry was removed */
    uint32_t capacity;
    uint32_t first, end; /* counts of pushes, which wrap: modulo the capacity they are places */
    uint32_t n;          /* entries; the places from first to end, without the removed */
};

#define FIFO_ENTRY(entry, type, member) ((type *)(void *)((char *)(entry)-offsetof(type, member)))

void fifo_init(struct fifo *fifo);
/* Forgets its entries. */
void fifo_fini(struct fifo *fifo);
/* Room for so many entries at a time. Never less than before. */
PF_MUST_CHECK enum status fifo_reserve(struct fifo *fifo, uint32_t entries_n);
/* At most as many as were reserved may be in. */
void fifo_push(struct fifo *fifo, struct fifo_entry *entry);
void fifo_remove(struct fifo *fifo, struct fifo_entry *entry);
/* NULL: empty. */
struct fifo_entry *fifo_pop(struct fifo *fifo);

static inline bool fifo_is_in(const struct fifo_entry *entry) {
    return entry->place != 0;
}
/* The `ahead`th place from the first; NULL: nobody is there (also between others). */
static inline struct fifo_entry *fifo_peek(const struct fifo *fifo, uint32_t ahead) {
    return ahead < fifo->end - fifo->first ? fifo->places[(fifo->first + ahead) & (fifo->capacity - 1)] : NULL;
}

#endif
