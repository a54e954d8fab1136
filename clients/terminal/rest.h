/* One request to the server's REST API, by libcurl. Waits for the answer: for the
 * time before the screen is there, or a thread of its own (job.h).
 * Refuses redirects (the token would go along), answers above REST_BODY_MAX, and
 * proxies of the environment. Thread: any. */
#ifndef PF_TERMINAL_REST_H
#define PF_TERMINAL_REST_H

#include "base/status.h"
#include "terminal/server_url.h"

#include <jansson.h>
#include <stdatomic.h>

#define REST_BODY_MAX ((size_t)4 * 1024 * 1024)
#define REST_ERROR_MAX 256

struct rest_server {
    const struct server_url *server_url;
    const char *ca_file; /* NULL: the system's */
    bool is_insecure;
    long timeout_s;
    const atomic_bool *is_cancelled; /* NULL: nobody does */
};

struct rest_request {
    const char *path; /* "/portfolios?limit=10" */
    const char *body; /* JSON: a POST; NULL: a GET */
    const char *token;
};

struct rest_answer {
    long status;
    json_t *json;               /* by protocol/json_exact.h; NULL: there is no body, or no JSON */
    char error[REST_ERROR_MAX]; /* what went wrong, for people; of the server: not fit for a terminal */
};

/* Once for the process, before any thread. */
PF_MUST_CHECK enum status rest_begin(void);
void rest_end(void);

/* OK: answered with a status from 200 to 299. UNAVAILABLE: not answered. INVALID: refused, see
 * ret_answer->status. rest_answer_fini is due after each. */
PF_MUST_CHECK enum status rest_ask(const struct rest_server *server, const struct rest_request *request,
                                   struct rest_answer *ret_answer);
void rest_answer_fini(struct rest_answer *answer);

#endif
