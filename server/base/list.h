/* Intrusive doubly linked list with a head of its own type. An entry is on at
 * most one list by each of its links; list_remove on an entry that is on none
 * is a no-op, so "state = which list you are on". Thread: the owner's. */
#ifndef PF_BASE_LIST_H
#define PF_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_link {
    struct list_link *next, *prev;
};
struct list {
    struct list_link head;
};

#define LIST_ENTRY(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

/* Safe against the removal of the current entry only. */
/* NOLINTBEGIN(bugprone-macro-parentheses): `it` and `next_it` are declared here */
#define LIST_FOR_EACH(it, next_it, list)                                                                               \
    for (struct list_link *it = (list)->head.next, *next_it = it->next; it != &(list)->head;                           \
         it = next_it, next_it = it->next)
/* NOLINTEND(bugprone-macro-parentheses) */

static inline void list_init(struct list *list) {
    list->head.next = list->head.prev = &list->head;
}
static inline void list_link_init(struct list_link *link) {
    link->next = link->prev = NULL;
}
static inline bool list_is_empty(const struct list *list) {
    return list->head.next == &list->head;
}
static inline bool list_link_is_linked(const struct list_link *link) {
    return link->next != NULL;
}
static inline struct list_link *list_first(const struct list *list) {
    return list_is_empty(list) ? NULL : list->head.next;
}
static inline void list_push_back(struct list *list, struct list_link *link) {
    link->prev = list->head.prev;
    link->next = &list->head;
    list->head.prev->next = link;
    list->head.prev = link;
}
static inline void list_push_front(struct list *list, struct list_link *link) {
    link->next = list->head.next;
    link->prev = &list->head;
    list->head.next->prev = link;
    list->head.next = link;
}
static inline void list_remove(struct list_link *link) {
    if (!link->next)
        return;
    link->prev->next = link->next;
    link->next->prev = link->prev;
    link->next = link->prev = NULL;
}
/* Moves all entries of `from` to the end of `to`; `from` is empty afterwards. */
static inline void list_splice_back(struct list *to, struct list *from) {
    if (list_is_empty(from))
        return;
    from->head.next->prev = to->head.prev;
    to->head.prev->next = from->head.next;
    from->head.prev->next = &to->head;
    to->head.prev = from->head.prev;
    list_init(from);
}

#endif
