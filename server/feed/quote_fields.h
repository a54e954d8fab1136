/* The fields of one quote object. Thread: any; pure. */
#ifndef PF_FEED_QUOTE_FIELDS_H
#define PF_FEED_QUOTE_FIELDS_H

#include "domain/quote.h"

#include <jansson.h>

/* Which field was wrong, and why: static texts. */
struct quote_field_error {
    const char *field;
    const char *reason;
};

/* Reads an object of a json_exact tree. With `defaults` the fields currency,
 * as_of, session (the UTC date of as_of), source and stale may be absent;
 * without it they are required. Unknown fields are ignored. ret_error may be
 * NULL; it is set on failure only. */
PF_MUST_CHECK enum status quote_fields_read(const json_t *object, const struct quote *defaults, struct quote *ret_quote,
                                            struct quote_field_error *ret_error);

/* A price as it must be: a decimal text above 0. */
PF_MUST_CHECK enum status quote_price_parse(const char *text, size_t len, struct price *ret_price);

/* 1 to QUOTE_SOURCE_MAX characters of [a-z0-9._-]: they need no escape in the
 * stored text, which the publish script takes apart by pattern. */
PF_MUST_CHECK enum status quote_source_parse(const char *text, size_t len, char ret_source[QUOTE_SOURCE_MAX + 1]);

#endif
