/* What the vendors' parsers share: fields of JSON trees with exact numbers,
 * verdicts, times. Thread: any; pure; fuzzed through the parsers. */
#ifndef PF_FEED_PROVIDER_FIELDS_H
#define PF_FEED_PROVIDER_FIELDS_H

#include "feed/provider_number.h"
#include "feed/provider_remote.h"
#include "feed/symbol_pair.h"

#include <jansson.h>

/* The body as a tree of json_exact, of any type; NULL when it is not JSON.
 * json_decref it. */
json_t *provider_body_read(const struct provider_body *body);
/* Whether the text contains this. */
bool provider_body_has(const struct provider_body *body, const char *part);

/* A string member; NULL when it is absent or of another type. NUL-terminated. */
const char *provider_field_text(const json_t *object, const char *name);
/* A number, or a number in a string. */
PF_MUST_CHECK enum status provider_value_number(const json_t *value, enum provider_digits digits, int64_t *ret_e8);
PF_MUST_CHECK enum status provider_value_whole(const json_t *value, int64_t *ret_whole);
/* -1 when it cannot be read, or is below 0. */
int64_t provider_value_volume(const json_t *value);
/* Above 0. */
PF_MUST_CHECK enum status provider_value_price(const json_t *value, enum provider_digits digits,
                                               struct price *ret_price);
static inline enum status provider_field_price(const json_t *object, const char *name, struct price *ret_price) {
    return provider_value_price(json_object_get(object, name), PROVIDER_DIGITS_ALL, ret_price);
}

/* "2024-10-30 19:59:57.644" as an instant, the clock being `offset_ms` behind UTC. */
PF_MUST_CHECK enum status provider_clock_parse(const char *text, int64_t offset_ms, int64_t *ret_ms);
/* How far New York is behind UTC on a date, and the instant of 16:00 there. */
int64_t provider_new_york_offset_ms(int32_t date);
int64_t provider_new_york_close_ms(int32_t date);

/* A verdict that holds for the whole answer. */
void provider_answer_set(struct provider_answer *answer, enum provider_verdict verdict, const char *reason);
/* For a body of no known form; what: "the answer is not a ticker". */
void provider_answer_by_status(struct provider_answer *answer, long http_status, const char *what);
/* QUOTE, with every symbol of the query unknown until told otherwise. */
void provider_answer_begin(struct provider_answer *answer, const struct provider_query *query);
void provider_result_set(struct provider_result *result, enum provider_verdict verdict, const char *reason);
/* The quote of a symbol; previous_close 0 = not known. */
struct provider_quote_fields {
    struct currency currency;
    struct price price, previous_close;
    int32_t session;
    int64_t as_of_ms;
};
void provider_result_quote(struct provider_result *result, const struct symbol *symbol, const char *source,
                           const struct provider_quote_fields *fields);

/* Ends the reading of a history: brings it into order, or empties it when its
 * rows could not be read; the verdict follows. */
void provider_history_end(struct provider_history *history, const struct provider_query *query, enum status status,
                          struct provider_answer *answer);

/* Letters, digits and -._~ as they are, everything else as %XX. */
void provider_append_escaped(struct strbuf *out, const char *text);

#endif
