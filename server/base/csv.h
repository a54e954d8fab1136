/* Records of a CSV text in memory, as RFC 4180 has them: fields in quotes may
 * hold commas, line breaks and doubled quotes. Lines end with LF or CRLF.
 *
 * The text is cut up where it stands: it must outlive the fields and is not
 * what it was afterwards. Nothing is allocated. Thread: any; pure. */
#ifndef PF_BASE_CSV_H
#define PF_BASE_CSV_H

#include "base/status.h"

#include <stddef.h>

#define CSV_FIELDS_MAX 64

struct csv {
    char *at, *end;
    size_t row; /* of the record read last, from 1; empty lines count */
    char *fields[CSV_FIELDS_MAX];
    size_t lens[CSV_FIELDS_MAX]; /* without the NUL behind each */
    size_t fields_n;
    const char *reason; /* why the last call failed: a static text */
};

/* text[0..len) is the caller's and writable, with one byte of room behind it. A
 * byte order mark at its beginning is skipped. */
void csv_init(struct csv *csv, char *text, size_t len);

/* The next record that is not an empty line. NOT_FOUND: there is none.
 * INVALID: too many fields, a quote that is not closed or not where one may be,
 * bytes that are no UTF-8 or a NUL. What comes after it can still be read, but
 * not after a quote that is never closed. */
PF_MUST_CHECK enum status csv_next(struct csv *csv);

#endif
