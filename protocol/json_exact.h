/* JSON in, with the exact text of every number.
 *
 * jansson reads a real as a double and fails the whole document on 1e400 or a
 * 20-digit integer. So one pass of our own checks the numbers' grammar and
 * hands each to jansson as a marked string; the accessors below tell numbers
 * and strings apart again. Do not call json_string_value on such a tree.
 * Bounds: length by the caller, depth JSON_EXACT_DEPTH_MAX, and of what clients
 * send JSON_EXACT_VALUES_MAX values: a tree takes many times the text's memory. Thread: any; pure;
 * fuzzed. */
#ifndef PF_PROTOCOL_JSON_EXACT_H
#define PF_PROTOCOL_JSON_EXACT_H

#include "base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define JSON_EXACT_DEPTH_MAX 16
#define JSON_EXACT_VALUES_MAX 10000 /* members of objects and elements of arrays, in all */

/* Any JSON value at the top. STATUS_INVALID with a text (position and reason)
 * in error[0..error_len): not JSON, NaN, a NUL, invalid UTF-8, a duplicate key
 * in an object, too deep. STATUS_NO_MEMORY. json_decref the result. */
PF_MUST_CHECK enum status json_exact_parse(const char *text, size_t len, json_t **ret_value, char *error,
                                           size_t error_len);
/* What a client sent: with too many values it is INVALID, too. */
PF_MUST_CHECK enum status json_exact_parse_request(const char *text, size_t len, json_t **ret_value, char *error,
                                                   size_t error_len);

bool json_exact_is_number(const json_t *value);
bool json_exact_is_string(const json_t *value);
/* The number's text as it was sent; NULL when it is no number. */
const char *json_exact_number(const json_t *value, size_t *ret_len);
/* The string's bytes (UTF-8, NUL-terminated); NULL when it is no string. */
const char *json_exact_string(const json_t *value, size_t *ret_len);

#endif
