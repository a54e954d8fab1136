/* Judges the chain. After a fault it goes on from the hash that is stored, so that
 * each fault is named by itself. Refuses rows of more clusters than anybody moves
 * a database through. Thread: any one. */
#include "store/audit_chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char first_hash[] = "0000000000000000000000000000000000000000000000000000000000000000";

void audit_chain_init(struct audit_chain *chain, int64_t position, const char *hash, audit_fault_fn on_fault,
                      void *context) {
    *chain = (struct audit_chain){
        .context = context, .on_fault = on_fault, .position = position, .has_hash = hash || position == 0};
    (void)snprintf(chain->hash, sizeof chain->hash, "%s", hash ? hash : first_hash);
    strbuf_init(&chain->text);
}

void audit_chain_fini(struct audit_chain *chain) {
    strbuf_fini(&chain->text);
}

/* --- the text of a row --- */

static void field_write(struct strbuf *out, const char *value) {
    if (!value) {
        strbuf_append_char(out, '-');
        return;
    }
    size_t len = strlen(value);
    strbuf_append_u64(out, len);
    strbuf_append_char(out, ':');
    strbuf_append(out, value, len);
}

static void number_write(struct strbuf *out, int64_t value) {
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    field_write(out, text);
}

void audit_chain_write_text(struct strbuf *out, int64_t position, const struct audit_row *row) {
    number_write(out, position);
    number_write(out, row->audit_id);
    const char *const texts[] = {row->cluster,   row->xid,    row->at_us,      row->db_role, row->actor_id,
                                 row->actor,     row->peer,   row->request_id, row->action,  row->entity,
                                 row->entity_id, row->before, row->after};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        field_write(out, texts[i]);
}

/* --- the order --- */

/* Its place, or clusters_n. */
static size_t cluster_find(const struct audit_chain *chain, const char *name) {
    size_t i = 0;
    while (i < chain->clusters_n && strcmp(chain->clusters[i].name, name) != 0)
        i++;
    return i;
}

static bool is_after(const struct audit_cluster *cluster, uint64_t xid, int64_t audit_id) {
    return xid > cluster->xid || (xid == cluster->xid && audit_id > cluster->audit_id);
}

static enum status order_take(struct audit_chain *chain, const struct audit_row *row, bool *ret_is_in_order) {
    size_t place = cluster_find(chain, row->cluster);
    uint64_t xid = strtoull(row->xid, NULL, 10);
    bool is_known = place < chain->clusters_n;
    if (place == AUDIT_CLUSTERS_MAX)
        return STATUS_LIMIT;
    struct audit_cluster *cluster = &chain->clusters[place];
    if (!is_known) {
        chain->clusters_n++;
        (void)snprintf(cluster->name, sizeof cluster->name, "%s", row->cluster);
    }
    *ret_is_in_order = !is_known || is_after(cluster, xid, row->audit_id);
    if (*ret_is_in_order) {
        cluster->xid = xid;
        cluster->audit_id = row->audit_id;
    }
    return STATUS_OK;
}

bool audit_chain_has_passed(const struct audit_chain *chain, const struct audit_row *row) {
    size_t place = cluster_find(chain, row->cluster);
    return place < chain->clusters_n && !is_after(&chain->clusters[place], strtoull(row->xid, NULL, 10), row->audit_id);
}

/* --- the hashes --- */

static void doubt_settle(struct audit_chain *chain, enum audit_fault fault) {
    if (chain->is_in_doubt)
        chain->on_fault(chain->context, fault, chain->position, chain->doubt_audit_id);
    chain->is_in_doubt = false;
}

static enum status hash_write(struct audit_chain *chain, const char *before, char ret_hash[SHA256_TEXT_LEN + 1]) {
    const struct sha256_piece pieces[] = {{before, SHA256_TEXT_LEN}, {chain->text.data, chain->text.len}};
    return sha256_write(pieces, sizeof pieces / sizeof pieces[0], ret_hash);
}

/* Settles the doubt about the one before, and begins one if this one's hash is another. */
static enum status hash_judge(struct audit_chain *chain, const struct audit_link *link) {
    char by_seal[SHA256_TEXT_LEN + 1], by_row[SHA256_TEXT_LEN + 1];
    strbuf_clear(&chain->text);
    audit_chain_write_text(&chain->text, link->position, &link->row);
    enum status status = strbuf_status(&chain->text);
    if (status == STATUS_OK)
        status = hash_write(chain, chain->hash, by_seal);
    if (status == STATUS_OK && chain->is_in_doubt)
        status = hash_write(chain, chain->doubt_hash, by_row);
    if (status != STATUS_OK)
        return status;
    bool fits_seal = strcmp(by_seal, link->hash) == 0;
    bool fits_row = chain->is_in_doubt && strcmp(by_row, link->hash) == 0;
    doubt_settle(chain, fits_seal ? AUDIT_ROW_CHANGED : fits_row ? AUDIT_SEAL_CHANGED : AUDIT_CHANGED);
    chain->is_in_doubt = !fits_seal && !fits_row;
    chain->doubt_audit_id = link->audit_id;
    memcpy(chain->doubt_hash, by_seal, sizeof by_seal);
    return STATUS_OK;
}

enum status audit_chain_take(struct audit_chain *chain, const struct audit_link *link) {
    enum status status = STATUS_OK;
    bool is_in_order = true, is_judged = chain->has_hash;
    if (link->position != chain->position + 1) {
        doubt_settle(chain, AUDIT_CHANGED);
        chain->on_fault(chain->context, AUDIT_SEALS_MISSING, link->position, link->audit_id);
        is_judged = false; /* by what it follows is not known */
    }
    if (link->has_row && is_judged)
        status = hash_judge(chain, link);
    else
        doubt_settle(chain, AUDIT_CHANGED);
    /* What was changed says nothing of the order. */
    if (status == STATUS_OK && link->has_row && !chain->is_in_doubt)
        status = order_take(chain, &link->row, &is_in_order);
    if (status != STATUS_OK)
        return status;
    if (!link->has_row)
        chain->on_fault(chain->context, AUDIT_ROW_MISSING, link->position, link->audit_id);
    else if (!is_in_order)
        chain->on_fault(chain->context, AUDIT_OUT_OF_ORDER, link->position, link->audit_id);
    else if (link->position == 1 && strcmp(link->row.action, "begin") != 0)
        chain->on_fault(chain->context, AUDIT_NO_BEGIN, link->position, link->audit_id);
    chain->position = link->position;
    (void)snprintf(chain->hash, sizeof chain->hash, "%s", link->hash);
    chain->has_hash = true;
    return STATUS_OK;
}

void audit_chain_end(struct audit_chain *chain) {
    doubt_settle(chain, AUDIT_CHANGED);
}
