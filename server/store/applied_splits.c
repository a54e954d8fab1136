/* Reads the column of applied splits. Refuses what is not of its form.
 * Thread: any. */
#include "store/applied_splits.h"

#include "base/timestamp.h"

#include <stdlib.h>
#include <string.h>

static bool split_read(const char *text, size_t len, struct split *split) {
    char *end = NULL;
    if (len < DATE_TEXT_LEN + 4 || date_parse(text, DATE_TEXT_LEN, &split->date) != STATUS_OK)
        return false;
    long numerator = strtol(text + DATE_TEXT_LEN, &end, 10);
    long denominator = strtol(end, &end, 10);
    if (end != text + len || numerator < 1 || numerator > SPLIT_TERM_MAX || denominator < 1 ||
        denominator > SPLIT_TERM_MAX)
        return false;
    split->numerator = (int32_t)numerator;
    split->denominator = (int32_t)denominator;
    return true;
}

enum status applied_splits_read(const char *text, struct split **ret_splits, size_t *ret_n) {
    size_t n = 1, i = 0;
    for (const char *at = text; *at; at++)
        n += *at == ',' ? 1 : 0;
    struct split *splits = calloc(n, sizeof *splits);
    if (!splits)
        return STATUS_NO_MEMORY;
    for (const char *at = text; i < n; i++) {
        size_t len = strcspn(at, ",");
        if (!split_read(at, len, &splits[i])) {
            free(splits);
            return STATUS_INTERNAL;
        }
        at += len + 1;
    }
    *ret_splits = splits;
    *ret_n = n;
    return STATUS_OK;
}
