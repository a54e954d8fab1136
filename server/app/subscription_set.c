/* The list, and the table for sessions with many. Thread: L. */
#include "app/subscription_set.h"

#include "app/subscription.h"

#include <stdlib.h>

static struct subscription *of_link(struct list_link *link) {
    return LIST_ENTRY(link, struct subscription, session_link);
}

void subscription_set_init(struct subscription_set *set) {
    list_init(&set->list);
    set->n = 0;
    set->table = NULL;
}

void subscription_set_fini(struct subscription_set *set) {
    if (set->table)
        map_fini(set->table);
    free(set->table);
    set->table = NULL;
}

struct subscription *subscription_set_find(const struct subscription_set *set, const struct uuid *portfolio_id) {
    if (set->table)
        return map_get(set->table, portfolio_id->bytes, sizeof portfolio_id->bytes);
    LIST_FOR_EACH (link, next, &set->list) {
        struct subscription *subscription = of_link(link);
        if (uuid_equal(&subscription->held->id, portfolio_id))
            return subscription;
    }
    return NULL;
}

static enum status table_put(struct map *table, struct subscription *subscription) {
    const struct uuid *id = &subscription->held->id;
    return map_put(table, id->bytes, sizeof id->bytes, subscription, NULL);
}

/* A table of all that are in the list. */
static enum status table_create(struct subscription_set *set) {
    struct map *table = malloc(sizeof *table);
    if (!table)
        return STATUS_NO_MEMORY;
    map_init(table);
    enum status status = STATUS_OK;
    LIST_FOR_EACH (link, next, &set->list) {
        if (status == STATUS_OK)
            status = table_put(table, of_link(link));
    }
    if (status == STATUS_OK) {
        set->table = table;
        return STATUS_OK;
    }
    map_fini(table);
    free(table);
    return status;
}

enum status subscription_set_add(struct subscription_set *set, struct subscription *subscription) {
    enum status status = STATUS_OK;
    if (!set->table && set->n >= SUBSCRIPTION_SET_LISTED_MAX)
        status = table_create(set);
    if (status == STATUS_OK && set->table)
        status = table_put(set->table, subscription);
    if (status != STATUS_OK)
        return status;
    list_push_back(&set->list, &subscription->session_link);
    set->n++;
    return STATUS_OK;
}

void subscription_set_remove(struct subscription_set *set, struct subscription *subscription) {
    const struct uuid *id = &subscription->held->id;
    if (set->table)
        (void)map_remove(set->table, id->bytes, sizeof id->bytes);
    list_remove(&subscription->session_link);
    set->n--;
}
