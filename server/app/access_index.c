/* Owns the groups: one an id that has members. Thread: L; pure. */
#include "app/access_index.h"

#include <stdlib.h>

struct access_group {
    struct uuid id;
    struct list members;
};

void access_index_init(struct access_index *index) {
    map_init(&index->groups);
}

void access_index_fini(struct access_index *index) {
    map_fini(&index->groups);
}

static struct access_group *group_find(const struct access_index *index, const struct uuid *id) {
    return map_get(&index->groups, id->bytes, sizeof id->bytes);
}

enum status access_index_add(struct access_index *index, const struct uuid *id, void *owner,
                             struct access_member *member) {
    struct access_group *group = group_find(index, id);
    if (!group) {
        group = malloc(sizeof *group);
        if (!group)
            return STATUS_NO_MEMORY;
        group->id = *id;
        list_init(&group->members);
        enum status status = map_put(&index->groups, group->id.bytes, sizeof group->id.bytes, group, NULL);
        if (status != STATUS_OK) {
            free(group);
            return status;
        }
    }
    list_push_back(&group->members, &member->link);
    member->group = group;
    member->owner = owner;
    return STATUS_OK;
}

void access_index_remove(struct access_index *index, struct access_member *member) {
    struct access_group *group = member->group;
    if (!group)
        return;
    list_remove(&member->link);
    member->group = NULL;
    if (!list_is_empty(&group->members))
        return;
    (void)map_remove(&index->groups, group->id.bytes, sizeof group->id.bytes);
    free(group);
}

struct list *access_index_find(const struct access_index *index, const struct uuid *id) {
    struct access_group *group = group_find(index, id);
    return group ? &group->members : NULL;
}
