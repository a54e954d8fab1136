/* Verification of the audit log: its SQL. Reads pages, each with a snapshot of its
 * own, so that it holds up nobody however long it takes. Refuses to wait for ever
 * for another one that seals. Thread: W, or main of a command. */
#include "store/audit_verify.h"

#include "base/clock.h"
#include "store/audit_columns.h"
#include "store/entity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGE_ROWS 5000
#define SEAL_ROWS 5000
#define BUSY_WAIT_MS 50
#define BUSY_MAX_MS 60000

enum { FINISHED, END, FIND, PAGE, NOT_SEALED };

static const struct db_statement statements[] = {
    [FINISHED] = {"audit_verify.finished", DB_READ, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"},
    [END] = {"audit_verify.end", DB_READ,
             "SELECT position, encode(hash, 'hex') FROM audit_seals ORDER BY position DESC LIMIT 1"},
    [FIND] = {"audit_verify.find", DB_READ,
              "SELECT position, encode(hash, 'hex') FROM audit_seals WHERE position = $1"},
    [PAGE] = {"audit_verify.page", DB_READ,
              "SELECT s.position, encode(s.hash, 'hex'), s.audit_id, l.audit_id IS NOT NULL, " SQL_AUDIT_COLUMNS
              " FROM audit_seals s LEFT JOIN audit_log l ON l.audit_id = s.audit_id "
              "WHERE s.position > $1 AND s.position <= $2 ORDER BY s.position LIMIT $3"},
    /* The first column: it should be sealed, or cannot have been written. $3, when it is given: of transactions
     * before it all rows were sealed. */
    [NOT_SEALED] =
        {"audit_verify.not_sealed", DB_READ,
         "SELECT coalesce(l.cluster <> audit_cluster() OR l.xid < $3::text::xid8, false) AND $3 IS NOT NULL "
         "OR (l.cluster = audit_cluster() AND l.xid >= pg_snapshot_xmax(pg_current_snapshot())), " SQL_AUDIT_COLUMNS
         " FROM audit_log l WHERE l.audit_id > $1 "
         "AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.audit_id = l.audit_id) "
         "ORDER BY l.audit_id LIMIT $2"},
};

enum status audit_anchor_parse(const char *text, struct audit_anchor *ret_anchor) {
    char *end = NULL;
    struct audit_anchor anchor = {.position = strtoll(text, &end, 10)};
    if (end == text || *end != ':' || anchor.position < 1 || strlen(end + 1) != SHA256_TEXT_LEN ||
        strspn(end + 1, "0123456789abcdef") != SHA256_TEXT_LEN)
        return STATUS_INVALID;
    memcpy(anchor.hash, end + 1, sizeof anchor.hash);
    *ret_anchor = anchor;
    return STATUS_OK;
}

struct verify {
    struct db *db;
    const struct audit_verify_config *config;
    struct audit_chain chain;
    struct audit_verdict verdict;
    char finished[24]; /* of transactions before it all rows are sealed; "": not known */
};

static void on_fault(void *context, enum audit_fault fault, int64_t position, int64_t audit_id) {
    struct verify *verify = context;
    verify->verdict.faults_n++;
    verify->config->on_fault(verify->config->context, fault, position, audit_id);
}

/* --- before --- */

static enum status finished_read(struct verify *verify) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(verify->db, &statements[FINISHED], DB_NO_ARGS, &rows);
    if (status == STATUS_OK)
        (void)snprintf(verify->finished, sizeof verify->finished, "%s", db_rows_last_text(rows, 0));
    db_rows_destroy(&rows);
    return status;
}

/* Everything that can be. */
static enum status rest_seal(struct verify *verify) {
    int64_t sealed_n = 0, began_ms = clock_monotonic_ms(clock_system());
    struct audit_head head = {.is_busy = true};
    enum status status = finished_read(verify);
    while (status == STATUS_OK && (sealed_n > 0 || head.is_busy)) {
        status = audit_seal(verify->db, SEAL_ROWS, &sealed_n, &head);
        if (status != STATUS_OK || !head.is_busy)
            continue;
        if (clock_monotonic_ms(clock_system()) - began_ms > BUSY_MAX_MS)
            return STATUS_TIMEOUT;
        (void)nanosleep(&(struct timespec){.tv_nsec = BUSY_WAIT_MS * 1000000L}, NULL);
    }
    return status;
}

/* The seal of a position (0: the last one); NOT_FOUND: there is none. */
static enum status seal_read(struct db *db, int64_t position, int64_t *ret_position,
                             char ret_hash[SHA256_TEXT_LEN + 1]) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_i64(&args, position);
    enum status status = entity_get(db, &statements[position ? FIND : END], position ? &args : DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    *ret_position = db_row_i64(&row);
    (void)snprintf(ret_hash, SHA256_TEXT_LEN + 1, "%s", db_row_text(&row));
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    return status;
}

/* --- the chain --- */

static enum status link_take(struct verify *verify, const struct db_rows *rows, size_t index) {
    struct db_row row = db_rows_at(rows, index);
    struct audit_link link = {.position = db_row_i64(&row)};
    link.hash = db_row_text(&row);
    link.audit_id = db_row_i64(&row);
    link.has_row = db_row_bool(&row);
    enum status status = link.has_row ? audit_row_read(&row, &link.row) : db_row_status(&row);
    return status == STATUS_OK ? audit_chain_take(&verify->chain, &link) : status;
}

static enum status pages_judge(struct verify *verify) {
    size_t n = PAGE_ROWS;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && n == PAGE_ROWS) {
        struct db_rows *rows = NULL;
        struct db_args args;
        db_args_init(&args);
        db_args_i64(&args, verify->chain.position);
        db_args_i64(&args, verify->verdict.position);
        db_args_i64(&args, PAGE_ROWS);
        status = db_query(verify->db, &statements[PAGE], &args, &rows);
        if (status != STATUS_OK)
            return status;
        n = db_rows_n(rows);
        for (size_t i = 0; i < n && status == STATUS_OK; i++)
            status = link_take(verify, rows, i);
        verify->verdict.judged_n += (int64_t)n;
        db_rows_destroy(&rows);
        verify->config->on_progress(verify->config->context, verify->chain.position, verify->verdict.position);
    }
    return status;
}

static enum status chain_judge(struct verify *verify) {
    int64_t before = verify->config->from - 1, position = 0;
    char hash[SHA256_TEXT_LEN + 1];
    enum status status = STATUS_OK;
    if (before > 0)
        status = seal_read(verify->db, before, &position, hash);
    bool is_there = before > 0 && status == STATUS_OK;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    audit_chain_init(&verify->chain, before > 0 ? before : 0, is_there ? hash : NULL, on_fault, verify);
    status = pages_judge(verify);
    audit_chain_end(&verify->chain);
    verify->verdict.clusters_n = verify->chain.clusters_n;
    return status;
}

/* --- what is not in it --- */

static enum status waiting_take(struct verify *verify, const struct db_rows *rows, size_t index, int64_t *ret_id) {
    struct db_row row = db_rows_at(rows, index);
    struct audit_row it;
    bool is_due = db_row_bool(&row);
    enum status status = audit_row_read(&row, &it);
    if (status != STATUS_OK)
        return status;
    *ret_id = it.audit_id;
    if (is_due || audit_chain_has_passed(&verify->chain, &it)) {
        verify->verdict.faults_n++;
        verify->config->on_not_sealed(verify->config->context, &it);
    } else {
        verify->verdict.waiting_n++;
    }
    return STATUS_OK;
}

static enum status waiting_judge(struct verify *verify) {
    int64_t after_id = INT64_MIN;
    size_t n = PAGE_ROWS;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && n == PAGE_ROWS) {
        struct db_rows *rows = NULL;
        struct db_args args;
        db_args_init(&args);
        db_args_i64(&args, after_id);
        db_args_i64(&args, PAGE_ROWS);
        db_args_text(&args, verify->finished);
        status = db_query(verify->db, &statements[NOT_SEALED], &args, &rows);
        if (status != STATUS_OK)
            return status;
        n = db_rows_n(rows);
        for (size_t i = 0; i < n && status == STATUS_OK; i++)
            status = waiting_take(verify, rows, i, &after_id);
        db_rows_destroy(&rows);
    }
    return status;
}

static enum status anchors_judge(struct verify *verify) {
    const struct audit_verify_config *config = verify->config;
    for (size_t i = 0; i < config->anchors_n; i++) {
        char hash[SHA256_TEXT_LEN + 1] = "";
        int64_t position = 0;
        enum status status = seal_read(verify->db, config->anchors[i].position, &position, hash);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
            return status;
        if (status == STATUS_OK && strcmp(hash, config->anchors[i].hash) == 0)
            continue;
        verify->verdict.faults_n++;
        config->on_anchor_lost(config->context, &config->anchors[i], verify->verdict.position);
    }
    return STATUS_OK;
}

enum status audit_verify(struct db *db, const struct audit_verify_config *config, struct audit_verdict *ret_verdict) {
    struct verify verify = {.db = db, .config = config};
    enum status status = config->is_reading ? STATUS_OK : rest_seal(&verify);
    if (status == STATUS_CONFLICT) { /* what would be next is sealed already */
        verify.finished[0] = '\0';
        verify.verdict.faults_n++;
        config->on_seal_failed(config->context, db_error(db));
        status = STATUS_OK;
    }
    if (status == STATUS_OK)
        status = seal_read(db, 0, &verify.verdict.position, verify.verdict.hash);
    if (status == STATUS_NOT_FOUND) /* an empty chain: what there should be is not sealed, or missing */
        status = STATUS_OK;
    if (status == STATUS_OK)
        status = chain_judge(&verify);
    if (status == STATUS_OK)
        status = waiting_judge(&verify);
    if (status == STATUS_OK && verify.verdict.position == 0 && verify.verdict.waiting_n == 0)
        on_fault(&verify, AUDIT_NO_BEGIN, 1, 0);
    if (status == STATUS_OK)
        status = anchors_judge(&verify);
    audit_chain_fini(&verify.chain);
    if (status == STATUS_OK)
        *ret_verdict = verify.verdict;
    return status;
}
