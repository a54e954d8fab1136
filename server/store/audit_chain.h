/* The audit log's chain of hashes, judged row by row in the order of positions:
 * each hash is SHA-256 of the hash before it and of the row (schema/0017_…, whose
 * audit_text makes the same text). Pure: no SQL, no clock. Thread: any one. */
#ifndef PF_STORE_AUDIT_CHAIN_H
#define PF_STORE_AUDIT_CHAIN_H

#include "base/sha256.h"
#include "base/strbuf.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum audit_fault {
    AUDIT_ROW_CHANGED,   /* and its seal was not */
    AUDIT_SEAL_CHANGED,  /* and its row was not */
    AUDIT_CHANGED,       /* one of them, or both: nothing that follows tells */
    AUDIT_ROW_MISSING,   /* sealed, and not there any more */
    AUDIT_SEALS_MISSING, /* up to the one before this position */
    AUDIT_OUT_OF_ORDER,  /* it was not written after the one before it */
    AUDIT_NO_BEGIN,      /* position 1 is not the log's beginning */
};

/* A position, with its row if that is there. */
struct audit_link {
    int64_t position;
    const char *hash; /* as stored: 64 lower-case hex digits */
    int64_t audit_id; /* as the seal says */
    bool has_row;
    struct audit_row row;
};

/* position: where; audit_id: of which row. */
typedef void (*audit_fault_fn)(void *context, enum audit_fault fault, int64_t position, int64_t audit_id);

#define AUDIT_CLUSTERS_MAX 32

/* Where rows of one cluster came to. */
struct audit_cluster {
    char name[24];
    uint64_t xid;
    int64_t audit_id;
};

struct audit_chain {
    void *context;
    audit_fault_fn on_fault;
    int64_t position; /* of the last one that was judged */
    char hash[SHA256_TEXT_LEN + 1];
    bool has_hash; /* the hash before the next one is known */
    /* The last one does not have its hash: whether the row or the seal is wrong, the next one tells. */
    bool is_in_doubt;
    int64_t doubt_audit_id;
    char doubt_hash[SHA256_TEXT_LEN + 1]; /* that its row has */
    struct audit_cluster clusters[AUDIT_CLUSTERS_MAX];
    size_t clusters_n;
    struct strbuf text;
};

/* After `position`, whose hash it is; 0 and NULL: from the beginning. */
void audit_chain_init(struct audit_chain *chain, int64_t position, const char *hash, audit_fault_fn on_fault,
                      void *context);
void audit_chain_fini(struct audit_chain *chain);
PF_MUST_CHECK enum status audit_chain_take(struct audit_chain *chain, const struct audit_link *link);
/* Nothing follows. */
void audit_chain_end(struct audit_chain *chain);

/* Whether a row that is not sealed would stand before what is sealed of its cluster. */
bool audit_chain_has_passed(const struct audit_chain *chain, const struct audit_row *row);

/* What is hashed of a row at a position. */
void audit_chain_write_text(struct strbuf *out, int64_t position, const struct audit_row *row);

#endif
