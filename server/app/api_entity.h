/* What customers, portfolios and investments have in common: answering with one
 * of them, and with a page of them. Thread: L. */
#ifndef PF_APP_API_ENTITY_H
#define PF_APP_API_ENTITY_H

#include "app/api_call.h"

struct api_entity_key {
    struct page_key page;
    const char *etag; /* points into the rows; "": it has none */
};

struct api_entity {
    const char *noun; /* "customer" */
    const char *path; /* "/customers/" */
    bool is_computed; /* its JSON has more than its ETag covers: no 304 */
    /* Row `index` of call->rows as a JSON object. */
    enum status (*write)(struct api_call *call, size_t index, struct api_entity_key *ret_key);
    /* Reads one by its id, as rows of the same form: what a create that was done before is answered with. Thread: W. */
    enum status (*get)(struct db *db, const struct uuid *id, struct db_rows **ret_rows);
    /* Whose it is, of what a customer has: who may not see it any more is not told. Thread: W. */
    enum status (*owner)(struct db *db, const struct uuid *id, struct uuid *ret_customer_id);
};

/* `done` functions; call->entity says of what, call->rows holds it. */
void api_entity_on_read(struct api_call *call);    /* 200, ETag, 304 */
void api_entity_on_created(struct api_call *call); /* 201, Location, ETag */
void api_entity_on_listed(struct api_call *call);  /* 200 {items, next_cursor?}: call->listing is of which page */

/* The response to one entity, after the handler's own part of a `done`. */
void api_entity_respond(struct api_call *call, int http_status);

/* --- JSON by hand: each puts a comma where one is due --- */
void json_key(struct strbuf *out, const char *name);
void json_text(struct strbuf *out, const char *name, const char *text); /* nothing when NULL */
void json_uuid(struct strbuf *out, const char *name, const struct uuid *uuid);
void json_decimal(struct strbuf *out, const char *name, int64_t e8);
void json_amount(struct strbuf *out, const char *name, struct amount amount);
void json_ratio(struct strbuf *out, const char *name, double value); /* a factor: 6 decimals */
void json_i64(struct strbuf *out, const char *name, int64_t value);
void json_date(struct strbuf *out, const char *name, int32_t days);
void json_time_us(struct strbuf *out, const char *name, int64_t us);
void json_quote(struct strbuf *out, const struct quote *quote); /* its members from price to session */

#endif
