/* Lookups before a refusal: one job with at most two reads. Without the database
 * the refusal stands as it is, for that much is known. Refuses nouns that are not
 * in its table: nothing is looked up then. Thread: L, but for lookup_work, which
 * runs on W. */
#include "app/api_lookup.h"

#include "app/api_call.h"
#include "app/api_gate.h"
#include "store/asset_catalog.h"
#include "store/customers.h"
#include "store/investments.h"
#include "store/jobs.h"
#include "store/portfolios.h"

#include <string.h>

static const struct entity_noun {
    const char *noun;
    enum status (*get)(struct db *db, const struct uuid *id, struct db_rows **ret_rows);
    bool has_parent; /* whose id is the second column of its rows */
} nouns[] = {
    {"customer", customers_get, false},
    {"portfolio", portfolios_get, true},
    {"investment", investments_get, true},
    {"job", jobs_get, false},
};

static const struct entity_noun *noun_find(const char *noun) {
    for (size_t i = 0; noun && i < sizeof nouns / sizeof nouns[0]; i++) {
        if (strcmp(nouns[i].noun, noun) == 0)
            return &nouns[i];
    }
    return NULL;
}

void api_lookup_note(struct api_call *call, const char *field, const char *noun, const struct uuid *id) {
    call->lookup.field = field;
    call->lookup.field_noun = noun;
    call->lookup.field_id = *id;
}

void api_lookup_own_id(struct api_call *call, const struct form *form, const char *field) {
    struct uuid id;
    if (form_uuid(form, field, FORM_OPTIONAL, &id) && !uuid_equal(&id, &call->id))
        problem_add_field(&call->problem, field, ERROR_INVALID_FIELD, "cannot be changed");
}

/* The id in the path, and whether its parent is the one in the body. */
static enum status path_look_up(struct api_call *call, struct db *db, const struct entity_noun *noun) {
    struct api_lookup *lookup = &call->lookup;
    struct db_rows *rows = NULL;
    enum status status = noun->get(db, &call->id, &rows);
    if (status == STATUS_OK && lookup->field && noun->has_parent) {
        struct db_row row = db_rows_at(rows, 0);
        (void)db_row_uuid(&row);
        struct uuid parent_id = db_row_uuid(&row);
        lookup->is_other = !row.failed && !uuid_equal(&parent_id, &lookup->field_id);
    }
    db_rows_destroy(&rows);
    return status;
}

/* The id in the body: NOT_FOUND also when it is of somebody else's. */
static enum status field_look_up(struct api_call *call, struct db *db, const struct entity_noun *noun) {
    const struct api_lookup *lookup = &call->lookup;
    struct db_rows *rows = NULL;
    enum status status = noun->get(db, &lookup->field_id, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    struct uuid customer_id = db_row_uuid(&row);
    if (noun->has_parent)
        customer_id = db_row_uuid(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK && !api_gate_covers(call, &customer_id))
        status = STATUS_NOT_FOUND;
    return status;
}

static enum status lookup_work(struct api_call *call, struct db *db) {
    struct api_lookup *lookup = &call->lookup;
    struct db_rows *rows = NULL;
    enum status status = STATUS_OK;
    const struct entity_noun *noun = noun_find(lookup->noun);
    lookup->is_other = false;
    if (noun)
        return path_look_up(call, db, noun);
    if (lookup->symbol) {
        struct row_scope scope = api_gate_scope_of_assets(call);
        status = asset_catalog_get(db, lookup->symbol, &scope, &rows);
    } else if ((noun = noun_find(lookup->field_noun))) {
        status = field_look_up(call, db, noun);
        lookup->is_other = status == STATUS_NOT_FOUND;
        status = lookup->is_other ? STATUS_OK : status;
    }
    db_rows_destroy(&rows);
    return status;
}

static void on_looked_up(struct api_call *call) {
    const struct api_lookup *lookup = &call->lookup;
    if (call->job.status == STATUS_NOT_FOUND) {
        problem_fini(&call->problem);
        problem_init(&call->problem);
        api_call_fail(call, STATUS_NOT_FOUND, lookup->symbol ? "asset" : lookup->noun);
        return;
    }
    if (lookup->is_other && lookup->noun)
        problem_add_field(&call->problem, lookup->field, ERROR_INVALID_FIELD, "cannot be changed");
    else if (lookup->is_other)
        problem_add_field(&call->problem, lookup->field, ERROR_INVALID_FIELD, "there is no such %s",
                          lookup->field_noun);
    api_call_refuse(call);
}

void api_lookup_refuse(struct api_call *call) {
    const struct api_lookup *lookup = &call->lookup;
    if (lookup->noun || lookup->symbol || lookup->field)
        api_call_work(call, lookup_work, on_looked_up);
    else
        api_call_refuse(call);
}
