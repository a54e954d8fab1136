/* Requests that create, made safe to send again: the same Idempotency-Key with
 * the same request is answered as the first time, and creates nothing again.
 * Private to api_call.c; handlers call api_call_create_work (or
 * api_idempotency_refuse_key). Thread: L, but for
 * api_idempotency_run, which runs on W. */
#ifndef PF_APP_API_IDEMPOTENCY_H
#define PF_APP_API_IDEMPOTENCY_H

#include "app/api_call.h"
#include "store/idempotency.h"

struct api_idempotency {
    struct idempotency_key key;
    bool is_other;        /* the key is of another request */
    bool is_gone;         /* what it created has been deleted since */
    bool is_replay;       /* this request was done before */
    bool is_kept;         /* the answer is in the database: it may go out */
    int kept_status;      /* of the answer that is kept */
    struct db_rows *rows; /* the kept answer */
};

/* The request's key into call->idempotency; nothing when it has none. False: a
 * response was sent, the call is gone. */
bool api_idempotency_begin(struct api_call *call);
/* Notes a key as wrong: for what creates and must leave nothing behind, neither a
 * secret in its kept answer nor a quick hash of a password in its fingerprint. */
void api_idempotency_refuse_key(struct api_call *call);
void api_idempotency_free(struct api_call *call);

/* call->work in one transaction with the key's claim; or what there is of an
 * earlier answer. Thread: W. */
enum status api_idempotency_run(struct api_call *call, struct db *db);
/* After that: true when the answer does not depend on the handler, and was sent. */
bool api_idempotency_respond(struct api_call *call);
/* Keeps a response of this status before it goes out: true when it will be
 * sent later, by api_call_respond. */
bool api_idempotency_keep(struct api_call *call, int http_status);

#endif
