/* Who is to be asked about again when the rights of a user or a credential
 * change: members by an id, found at once however many others there are.
 * Owned by the hub; a member is its owner's memory. Thread: L; pure. */
#ifndef PF_APP_ACCESS_INDEX_H
#define PF_APP_ACCESS_INDEX_H

#include "base/list.h"
#include "base/map.h"
#include "base/uuid.h"

struct access_group;

struct access_index {
    struct map groups; /* id -> struct access_group */
};

struct access_member { /* all zero: in none */
    struct list_link link;
    void *owner;
    struct access_group *group;
};

void access_index_init(struct access_index *index);
/* It must be empty. */
void access_index_fini(struct access_index *index);
/* STATUS_NO_MEMORY; the member is in no other group. owner: who is found by it. */
PF_MUST_CHECK enum status access_index_add(struct access_index *index, const struct uuid *id, void *owner,
                                           struct access_member *member);
void access_index_remove(struct access_index *index, struct access_member *member); /* no-op when it is in none */
/* The members of an id, NULL when it has none. The list may be gone after a removal. */
struct list *access_index_find(const struct access_index *index, const struct uuid *id);

#endif
