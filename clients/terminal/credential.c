/* A renewal uses the refresh token up: one at a time, and what it brings is kept
 * before anything else happens. Thread: main; the renewal itself is the job's. */
#include "terminal/credential.h"

#include "base/strbuf.h"
#include "ops/secret_file.h"
#include "terminal/boot_clock.h"
#include "terminal/document.h"
#include "terminal/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RENEWAL_TIMEOUT_S 10
/* A token that lasts less than this longer is renewed before it is used. More than the minute that is left when
 * the server says so: our clock began a little later. */
#define RENEW_AHEAD_MS 120000

struct credential {
    const struct options *options;
    struct rest_server server;
    struct job *job;
    char *of_file;
    char *access, *refresh; /* of a login; NULL: there is none */
    int64_t access_until_ms;
    char error[REST_ERROR_MAX];
    /* the renewal: the job's while is_renewing */
    bool is_renewing;
    enum status renewal;
    struct rest_answer answer;
    atomic_bool is_cancelled;
};

static void forget(char **secret) {
    if (*secret)
        explicit_bzero(*secret, strlen(*secret));
    free(*secret);
    *secret = NULL;
}

enum status credential_create(const struct options *options, struct job *job, struct credential **ret_credential) {
    struct credential *it = calloc(1, sizeof *it);
    if (!it)
        return STATUS_NO_MEMORY;
    it->options = options;
    it->job = job;
    it->server = (struct rest_server){&options->server_url, options->ca_file, options->is_insecure, RENEWAL_TIMEOUT_S,
                                      &it->is_cancelled};
    *ret_credential = it;
    return STATUS_OK;
}

void credential_destroy(struct credential *credential) {
    secret_file_free(credential->of_file);
    forget(&credential->access);
    forget(&credential->refresh);
    free(credential);
}

/* --- a login's tokens --- */

static void keep_tokens(struct credential *it, const json_t *answer) {
    const char *access = document_string(answer, "access_token"), *refresh = document_string(answer, "refresh_token");
    const char *expires_in = document_number(answer, "expires_in");
    long seconds = expires_in ? strtol(expires_in, NULL, 10) : 0;
    if (!access || !refresh)
        return;
    forget(&it->access);
    forget(&it->refresh);
    it->access = strdup(access);
    it->refresh = strdup(refresh);
    it->access_until_ms = boot_clock_ms() + (int64_t)(seconds < 0 ? 0 : seconds > 86400 ? 86400 : seconds) * 1000;
}

static enum status ask(struct credential *it, const char *path, const char *name, const char *value,
                       const char *other_name, const char *other_value, struct rest_answer *ret_answer) {
    struct strbuf body;
    strbuf_init(&body);
    strbuf_printf(&body, "{\"%s\":", name);
    strbuf_append_json_string(&body, value, strlen(value));
    if (other_name) {
        strbuf_printf(&body, ",\"%s\":", other_name);
        strbuf_append_json_string(&body, other_value, strlen(other_value));
    }
    strbuf_append_char(&body, '}');
    const struct rest_request request = {.path = path, .body = strbuf_text(&body)};
    enum status status = rest_ask(&it->server, &request, ret_answer);
    explicit_bzero(body.data, body.len);
    strbuf_fini(&body);
    return status;
}

enum status credential_log_in(struct credential *credential, const char **ret_error) {
    char password[PROMPT_SECRET_MAX + 1];
    struct rest_answer answer;
    *ret_error = NULL;
    if (!credential->options->login)
        return STATUS_OK;
    if (!prompt_secret(credential->options->login, password)) {
        *ret_error = "there is no password";
        return STATUS_INVALID;
    }
    enum status status =
        ask(credential, "/auth/login", "email", credential->options->login, "password", password, &answer);
    explicit_bzero(password, sizeof password);
    if (status == STATUS_OK)
        keep_tokens(credential, answer.json);
    if (status == STATUS_OK && !credential->access) {
        status = STATUS_INVALID;
        (void)snprintf(answer.error, sizeof answer.error, "the server gave no token");
    }
    (void)snprintf(credential->error, sizeof credential->error, "%s", answer.error);
    *ret_error = credential->error;
    rest_answer_fini(&answer);
    return status;
}

void credential_cancel(struct credential *credential) {
    atomic_store(&credential->is_cancelled, true);
}

void credential_log_out(struct credential *credential) {
    struct rest_answer answer;
    if (credential->is_renewing)
        (void)!credential_renewed(credential);
    atomic_store(&credential->is_cancelled, false);
    if (!credential->access)
        return;
    const struct rest_request request = {.path = "/auth/logout", .body = "{}", .token = credential->access};
    credential->server.timeout_s = 2; /* it ends by itself, too */
    (void)!rest_ask(&credential->server, &request, &answer);
    rest_answer_fini(&answer);
}

const char *credential_token(struct credential *credential, const char **ret_error) {
    *ret_error = NULL;
    if (credential->options->login)
        return credential->access;
    if (!credential->options->token_file)
        return credential->options->token;
    secret_file_free(credential->of_file);
    credential->of_file = NULL;
    if (secret_file_read(credential->options->token_file, &credential->of_file, credential->error,
                         sizeof credential->error) == STATUS_OK)
        return credential->of_file;
    *ret_error = credential->error;
    return NULL;
}

/* --- renewing --- */

static void renew(void *argument) {
    struct credential *it = argument;
    it->renewal = ask(it, "/auth/refresh", "refresh_token", it->refresh, NULL, NULL, &it->answer);
}

bool credential_renew(struct credential *credential, bool is_refused) {
    if (!credential->refresh)
        return false;
    if (credential->is_renewing)
        return true;
    if (!is_refused && credential->access_until_ms - boot_clock_ms() > RENEW_AHEAD_MS)
        return false;
    credential->is_renewing = job_start(credential->job, renew, credential) == STATUS_OK;
    return credential->is_renewing;
}

enum status credential_renewed(struct credential *credential) {
    enum status status = credential->renewal;
    if (!credential->is_renewing)
        return STATUS_INVALID;
    credential->is_renewing = false;
    if (status == STATUS_OK)
        keep_tokens(credential, credential->answer.json);
    else if (status == STATUS_INVALID && credential->answer.status == 401)
        forget(&credential->refresh); /* the session is over */
    else
        status = STATUS_UNAVAILABLE;
    rest_answer_fini(&credential->answer);
    return status;
}
