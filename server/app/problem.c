/* Problem documents. Counts fields past PROBLEM_FIELDS_MAX, and does not tell
 * them. Thread: any; pure. */
#include "app/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void problem_init(struct problem *problem) {
    problem->code = ERROR_NONE;
    problem->http_status = 0;
    problem->detail[0] = '\0';
    problem->more = NULL;
    problem->fields_n = 0;
    problem->has_dependents = false;
    problem->members = NULL;
}

void problem_fini(struct problem *problem) {
    free(problem->more);
    problem->more = NULL;
}

void problem_set(struct problem *problem, enum error_code code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(problem->detail, sizeof problem->detail, format, args);
    va_end(args);
    problem->code = code;
}

/* NULL: it is only counted. */
static struct problem_field *row_add(struct problem *problem) {
    size_t at = problem->fields_n++;
    if (at < PROBLEM_FIELDS_INLINE)
        return &problem->fields[at];
    if (at == PROBLEM_FIELDS_INLINE)
        problem->more = calloc(PROBLEM_FIELDS_MAX - PROBLEM_FIELDS_INLINE, sizeof *problem->more);
    return problem->more && at < PROBLEM_FIELDS_MAX ? &problem->more[at - PROBLEM_FIELDS_INLINE] : NULL;
}

static size_t kept_n(const struct problem *problem) {
    size_t max = problem->more ? PROBLEM_FIELDS_MAX : PROBLEM_FIELDS_INLINE;
    return problem->fields_n < max ? problem->fields_n : max;
}

void problem_add_field(struct problem *problem, const char *field, enum error_code code, const char *format, ...) {
    struct problem_field *row = row_add(problem);
    if (!row)
        return;
    (void)snprintf(row->field, sizeof row->field, "%s", field);
    row->code = code;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(row->detail, sizeof row->detail, format, args);
    va_end(args);
    if (problem->code == ERROR_NONE)
        problem_set(problem, code, "%s: %s", row->field, row->detail);
}

int problem_http_status(const struct problem *problem) {
    return problem->http_status ? problem->http_status : error_http_status(problem->code);
}

static void text_member(struct strbuf *out, const char *name, const char *text) {
    strbuf_append_text(out, name);
    strbuf_append_json_string(out, text, strlen(text));
}

void problem_write(const struct problem *problem, const char *request_id, struct strbuf *out) {
    strbuf_append_text(out, "{\"type\":\"urn:portfoliod:problem:");
    strbuf_append_text(out, error_code_text(problem->code));
    text_member(out, "\",\"title\":", error_title(problem->code));
    strbuf_append_text(out, ",\"status\":");
    strbuf_append_i64(out, problem_http_status(problem));
    text_member(out, ",\"detail\":", problem->detail);
    text_member(out, ",\"code\":", error_code_text(problem->code));
    text_member(out, ",\"request_id\":", request_id);
    if (problem->has_dependents) {
        strbuf_append_text(out, ",\"dependents\":{\"portfolios\":");
        strbuf_append_i64(out, problem->portfolios_n);
        strbuf_append_text(out, ",\"investments\":");
        strbuf_append_i64(out, problem->investments_n);
        strbuf_append_char(out, '}');
    }
    for (size_t i = 0; i < kept_n(problem); i++) {
        const struct problem_field *row =
            i < PROBLEM_FIELDS_INLINE ? &problem->fields[i] : &problem->more[i - PROBLEM_FIELDS_INLINE];
        text_member(out, i == 0 ? ",\"errors\":[{\"field\":" : ",{\"field\":", row->field);
        text_member(out, ",\"code\":", error_code_text(row->code));
        text_member(out, ",\"detail\":", row->detail);
        strbuf_append_char(out, '}');
    }
    if (problem->fields_n > 0)
        strbuf_append_char(out, ']');
    if (problem->fields_n > kept_n(problem)) {
        strbuf_append_text(out, ",\"errors_n\":");
        strbuf_append_u64(out, problem->fields_n);
    }
    if (problem->members)
        strbuf_append_text(out, problem->members);
    strbuf_append_char(out, '}');
}
