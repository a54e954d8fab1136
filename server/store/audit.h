/* The audit log: what the server writes into it by itself, sealing, reading.
 *
 * Changes of customers, portfolios, investments, users, sessions, API keys and
 * advisors are written by the database's triggers (schema/0017_…), with the actor
 * that db_set_actor told. audit_write is for what changes none of these: a failed
 * login, a price by hand. Never give it a secret, nor what may be one by mistake
 * (what was typed as the e-mail of a login that failed). Thread: W. */
#ifndef PF_STORE_AUDIT_H
#define PF_STORE_AUDIT_H

#include "base/sha256.h"
#include "base/uuid.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit_event {
    const char *action;        /* "login", "login_failed", "price_set", … */
    const char *entity;        /* the kind of what it is about: "users", "assets", … */
    const char *entity_id;     /* NULL: none */
    const char *before;        /* JSON texts; NULL: none */
    const char *after;         /* likewise */
    const struct uuid *who_id; /* NULL: the job's actor is who did it */
    const char *who;           /* likewise */
};

/* In the transaction that is open, if one is: then the row is there when that is committed. */
PF_MUST_CHECK enum status audit_write(struct db *db, const struct audit_event *event);

/* For the rest of the open transaction it is this user who acts: a login has found out who it is. */
PF_MUST_CHECK enum status audit_become(struct db *db, const struct uuid *user_id, const char *name);

/* Where the chain ends, and what is not in it yet. */
struct audit_head {
    int64_t position; /* 0: nothing is sealed */
    char hash[SHA256_TEXT_LEN + 1];
    int64_t waits_us; /* how long the oldest row has waited that is not sealed; 0: there is none */
    bool is_busy;     /* another one seals just now */
};

/* Seals up to rows_max rows. */
PF_MUST_CHECK enum status audit_seal(struct db *db, int64_t rows_max, int64_t *ret_sealed_n,
                                     struct audit_head *ret_head);

/* A row as texts, which live as long as the rows they came with. */
struct audit_row {
    int64_t audit_id;
    const char *cluster, *xid;
    const char *at_us; /* since 1970 */
    const char *db_role;
    const char *actor_id; /* NULL, as all that may be none */
    const char *actor, *peer;
    const char *request_id;
    const char *action, *entity;
    const char *entity_id, *before, *after;
};

/* From a row's column `audit_id` on. */
PF_MUST_CHECK enum status audit_row_read(struct db_row *row, struct audit_row *ret_row);

/* NULL: any. */
struct audit_filter {
    const char *entity, *entity_id, *actor, *action;
    int64_t since_us, until_us; /* INT64_MIN, INT64_MAX: any */
};

/* The newest first, those before before_id: rows of `position` (0: not sealed) and then audit_row's. */
PF_MUST_CHECK enum status audit_list(struct db *db, const struct audit_filter *filter, int64_t before_id, int64_t limit,
                                     struct db_rows **ret_rows);

#endif
