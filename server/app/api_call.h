/* One request on its way through the API: from the router to the response.
 *
 * A handler parses on the loop and ends in exactly one of api_call_work (its
 * `done` comes later, on the loop), or a respond function; a `done` likewise.
 * The call is freed with everything it holds by the respond functions, nowhere
 * else: do not touch it after them. A client that left changes nothing but for
 * reports: the work is done, told and answered into the void. Thread: L, but for `work`. */
#ifndef PF_APP_API_CALL_H
#define PF_APP_API_CALL_H

#include "app/api.h"
#include "app/api_lookup.h"
#include "app/auth_cache.h"
#include "app/form.h"
#include "app/problem.h"
#include "app/router.h"
#include "base/rate_limit.h"
#include "base/uuid.h"
#include "store/db_rows.h"
#include "store/entity.h"
#include "store/listing.h"

#include <jansson.h>

#define API_REQUEST_ID_MAX 64

struct api_entity;
struct api_idempotency;
struct password_task;

struct api_call {
    struct store_job job; /* private; job.status is that of `work` */
    const struct api_context *api;
    struct http_request *http;
    const struct route *route;   /* NULL: none was found */
    struct principal *principal; /* who asks; NULL until the gate knows; a reference */
    struct auth_request auth;    /* private to api_gate.c, as the next one */
    struct uuid owner_id;
    bool is_owner_known; /* the row's; false: its id decides alone, or none does */
    char request_id[API_REQUEST_ID_MAX + 1];
    struct route_params params;
    struct problem problem;
    struct strbuf out;    /* the response's body */
    struct strbuf packed; /* the same, gzipped; empty: it goes out as it is */
    enum status (*work)(struct api_call *call, struct db *db);
    void (*done)(struct api_call *call);
    struct db_actor actor; /* private: on whose behalf `work` changes what it changes */
    int64_t asked_ms;      /* monotonic */
    bool is_report;        /* private, as the next four */
    bool is_waiting_long;  /* for its work: a report, or what was tried before */
    bool is_late, is_left; /* given up before its work */
    bool is_logged;        /* that it failed, and why */

    /* The handler's; freed with the call. */
    const struct api_entity *entity; /* see app/api_entity.h */
    json_t *body;
    struct uuid id;           /* of the path */
    struct api_lookup lookup; /* see app/api_lookup.h */
    struct page page;
    struct listing listing; /* of a list; see list_query.h */
    bool is_cascade;
    int created_status;            /* set by the work of a create that has written call->out and location itself */
    struct db_rows *rows;          /* what work found */
    void *data;                    /* calloc'd by api_call_data */
    void (*data_fini)(void *data); /* frees what data holds; NULL: nothing */

    struct api_idempotency *idempotency; /* private; NULL: without a key */
    struct password_task *password;      /* private to api_password.c */

    struct rate_limit_state rate; /* what the limits said, see app/api_limits.h */
    struct rate_limit_key open_key;
    bool is_open;          /* counted among those under way, by open_key */
    int64_t retry_after_s; /* of a refusal; 0: what its status usually has */

    int http_status; /* of the response on its way */
    const char *content_type;
    /* Headers of the response; "" = none. */
    char etag[128]; /* without quotes */
    char location[64];
    char allow[64];
    const char *challenge;                  /* of a 401 or 403: WWW-Authenticate; NULL: none; a literal */
    const char *content_security_policy;    /* NULL: none; a literal */
    const char *cache_control;              /* of a 200; NULL: no-cache with an etag, else no-store */
    bool is_known_packed, is_known_varying; /* private: of a 304 */
};

/* Creates the call of a request; NULL when there is no memory. */
struct api_call *api_call_create(const struct api_context *api, struct http_request *http);

/* --- what handlers begin with; false: a response was sent, the call is gone --- */

/* params.texts[0] as a uuid into call->id, else 404: after the body was read, before what it says is judged, so that
 * everywhere 400, 413 and 415 come first, then 404, then 422, then 412 and 409. */
bool api_call_read_id(struct api_call *call, const char *noun);
/* The body as a JSON object: 415, 400 or 422 otherwise. */
bool api_call_read_body(struct api_call *call, struct form *ret_form);
/* Zeroed memory of the handler's own in call->data. */
bool api_call_data(struct api_call *call, size_t size);
/* False when call->problem has something in it: it was sent, or 404 instead (app/api_lookup.h). */
bool api_call_is_valid(struct api_call *call);

/* If-Match and If-None-Match of a request that writes. */
struct precondition api_call_precondition(const struct api_call *call);

/* Whether the client has call->etag by its If-None-Match, which is answered 304;
 * body_len: what the 200 would have, not gzipped. */
bool api_call_is_known(struct api_call *call, size_t body_len);
/* Whether the body's media type is JSON's. */
bool api_call_has_json(const struct api_call *call);

/* --- what they end with --- */

/* `work` on a worker, then `done` here; a full queue is answered 503. */
void api_call_work(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                   void (*done)(struct api_call *call));
/* The same for a request that creates: with an Idempotency-Key, `work` and the
 * key's claim are one transaction (a db_transaction inside joins it), and a
 * request that was done before is answered as it was then: without `work` and
 * `done`, or, when that answer was not kept, by `done` with call->rows read anew
 * by call->entity->get. What `work` leaves: call->rows, whose first column is the
 * id of what was created; or, when there is no such row, the whole response
 * (call->out, location, and created_status, with which `done` then responds). */
void api_call_create_work(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                          void (*done)(struct api_call *call));
/* `work` likewise, for what may take more than a tenth of a second: on workers of its
 * own, so that it delays nothing that is quick. What may take more than a second does a
 * part and asks again from `done`, so that those who came meanwhile have their turn. Past
 * REPORT_DEADLINE_MS the call is answered 503 instead; one whose client has left is
 * dropped when others wait. Neither comes to `done`. */
void api_call_report(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                     void (*done)(struct api_call *call));
/* Both at once: creates, and may take long. */
void api_call_create_report(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                            void (*done)(struct api_call *call));
/* call->out as JSON (no body with 204 and 304). */
void api_call_respond(struct api_call *call, int http_status);
void api_call_respond_as(struct api_call *call, int http_status, const char *content_type);
/* call->problem, or one made of the arguments. */
void api_call_refuse(struct api_call *call);
void api_call_refuse_with(struct api_call *call, enum error_code code, const char *format, ...) PF_PRINTF(3, 4);
/* What a status that is no one's fault but the store's or ours means; noun: what
 * was not found. */
void api_call_fail(struct api_call *call, enum status status, const char *noun);

/* Private: the end of a response, after api_encoding_begin. */
void api_call_send(struct api_call *call);

#endif
