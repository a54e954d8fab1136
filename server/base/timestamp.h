/* Instants and dates as integers and as RFC 3339 text.
 *
 * An instant is milliseconds since 1970-01-01T00:00:00Z; a date is days since
 * 1970-01-01. Years 0001 to 9999 of the proleptic Gregorian calendar, UTC.
 * Thread: any; pure. */
#ifndef PF_BASE_TIMESTAMP_H
#define PF_BASE_TIMESTAMP_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define TIMESTAMP_TEXT_LEN 24 /* 2026-11-20T22:34:50.123Z */
#define DATE_TEXT_LEN 10      /* 2026-11-20 */
#define MS_PER_DAY INT64_C(86400000)

/* Reads RFC 3339 with any offset and 0 to 9 digits of a second's fraction
 * (cut to milliseconds). STATUS_INVALID otherwise. */
PF_MUST_CHECK enum status timestamp_parse(const char *text, size_t len, int64_t *ret_ms);
PF_MUST_CHECK enum status date_parse(const char *text, size_t len, int32_t *ret_days);

/* Writes exactly TIMESTAMP_TEXT_LEN or DATE_TEXT_LEN bytes and a NUL. */
void timestamp_write(char *out, int64_t ms);
void date_write(char *out, int32_t days);

/* The UTC date of an instant. */
int32_t timestamp_date(int64_t ms);

/* A date by its parts, in the years 1 to 9999; the conversions expect one that
 * exists. */
struct civil {
    int year, month, day;
};
int32_t date_from_civil(struct civil date);
struct civil date_to_civil(int32_t days);
int date_month_length(int year, int month);
/* 0 is Monday, 6 Sunday. */
int date_weekday(int32_t days);

#endif
