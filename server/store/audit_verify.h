/* Goes through the whole audit log in pages and judges it: every position's row and
 * hash, rows that are not in the chain though they are old, and heads that were
 * noted before. Thread: W, or main of a command. */
#ifndef PF_STORE_AUDIT_VERIFY_H
#define PF_STORE_AUDIT_VERIFY_H

#include "store/audit_chain.h"
#include "store/db.h"

#define AUDIT_ANCHORS_MAX 16

/* Where the chain ended when somebody noted it. */
struct audit_anchor {
    int64_t position;
    char hash[SHA256_TEXT_LEN + 1];
};

/* "POSITION:HASH" */
PF_MUST_CHECK enum status audit_anchor_parse(const char *text, struct audit_anchor *ret_anchor);

struct audit_verify_config {
    const struct audit_anchor *anchors; /* which the chain must contain */
    size_t anchors_n;
    int64_t from;    /* the first position that is judged; what is before it is taken as it is */
    bool is_reading; /* seals nothing before it begins */
    void *context;
    audit_fault_fn on_fault;
    /* An anchor that the chain does not contain; position: where the chain ends. */
    void (*on_anchor_lost)(void *context, const struct audit_anchor *anchor, int64_t position);
    /* A row that is not sealed and should be. */
    void (*on_not_sealed)(void *context, const struct audit_row *row);
    /* New rows are not sealed, because the database refuses; it goes on as with is_reading. */
    void (*on_seal_failed)(void *context, const char *reason);
    void (*on_progress)(void *context, int64_t position, int64_t last_position);
};

struct audit_verdict {
    int64_t judged_n;
    int64_t faults_n;  /* told by the functions above */
    int64_t waiting_n; /* rows that are not sealed yet, rightly */
    size_t clusters_n; /* that wrote rows: 1, and one more for each restored dump */
    int64_t position;  /* the chain's end, 0: there is none */
    char hash[SHA256_TEXT_LEN + 1];
};

PF_MUST_CHECK enum status audit_verify(struct db *db, const struct audit_verify_config *config,
                                       struct audit_verdict *ret_verdict);

#endif
