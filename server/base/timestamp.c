/* Instants and dates of the proleptic Gregorian calendar, years 0001 to 9999.
 * Refuses what RFC 3339 refuses; a leap second reads as the second after it.
 * Thread: any; pure. */
#include "base/timestamp.h"

#include "base/digits.h"

#include <stdbool.h>
#include <string.h>

#define DAYS_FIRST (-719162) /* 0001-01-01 */
#define DAYS_LAST 2932896    /* 9999-12-31 */
#define MS_FIRST (DAYS_FIRST * MS_PER_DAY)
#define MS_LAST ((DAYS_LAST + 1) * MS_PER_DAY - 1)

/* Years begin in March here, so that the leap day is the last of its year. */
int32_t date_from_civil(struct civil date) {
    int year = date.month <= 2 ? date.year - 1 : date.year; /* >= 0 */
    int month = date.month <= 2 ? date.month + 9 : date.month - 3;
    int era = year / 400, of_era = year % 400;
    int of_year = (153 * month + 2) / 5 + date.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil date_to_civil(int32_t days) {
    int shifted = days + 719468; /* since 0000-03-01; positive for our years */
    int era = shifted / 146097, of_era = shifted % 146097;
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153;
    struct civil date = {.year = era * 400 + year,
                         .month = month < 10 ? month + 3 : month - 9,
                         .day = of_year - (153 * month + 2) / 5 + 1};
    if (date.month <= 2)
        date.year++;
    return date;
}

int date_month_length(int year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && is_leap);
}

int date_weekday(int32_t days) {
    return (days - DAYS_FIRST) % 7; /* 0001-01-01 was a Monday */
}

/* Exactly `digits` digits, or -1. */
static int read_digits(const char *text, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

enum status date_parse(const char *text, size_t len, int32_t *ret_days) {
    if (len != DATE_TEXT_LEN || text[4] != '-' || text[7] != '-')
        return STATUS_INVALID;
    struct civil date = {read_digits(text, 4), read_digits(text + 5, 2), read_digits(text + 8, 2)};
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > date_month_length(date.year, date.month))
        return STATUS_INVALID;
    *ret_days = date_from_civil(date);
    return STATUS_OK;
}

/* "Z" or "+hh:mm", the rest of the text; in ms east of Greenwich. */
static enum status read_offset(const char *text, size_t len, int64_t *ret_ms) {
    if (len == 1 && (text[0] == 'Z' || text[0] == 'z')) {
        *ret_ms = 0;
        return STATUS_OK;
    }
    if (len != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return STATUS_INVALID;
    int hours = read_digits(text + 1, 2), minutes = read_digits(text + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return STATUS_INVALID;
    int64_t ms = (hours * 60 + minutes) * INT64_C(60000);
    *ret_ms = text[0] == '-' ? -ms : ms;
    return STATUS_OK;
}

/* ".123…": 1 to 9 digits, cut to ms. *ret_at moves behind them. */
static enum status read_fraction(const char *text, size_t len, size_t *ret_at, int64_t *ret_ms) {
    size_t at = *ret_at;
    if (at >= len || text[at] != '.') {
        *ret_ms = 0;
        return STATUS_OK;
    }
    size_t first = ++at;
    int64_t ms = 0, weight = 100;
    for (; at < len && text[at] >= '0' && text[at] <= '9'; at++, weight /= 10)
        ms += (text[at] - '0') * weight;
    if (at == first || at - first > 9)
        return STATUS_INVALID;
    *ret_at = at;
    *ret_ms = ms;
    return STATUS_OK;
}

enum status timestamp_parse(const char *text, size_t len, int64_t *ret_ms) {
    int32_t days;
    int64_t fraction_ms, offset_ms;
    if (len < 20 || date_parse(text, DATE_TEXT_LEN, &days) != STATUS_OK)
        return STATUS_INVALID;
    if ((text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
        return STATUS_INVALID;
    int hour = read_digits(text + 11, 2), minute = read_digits(text + 14, 2), second = read_digits(text + 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return STATUS_INVALID;
    size_t at = 19;
    if (read_fraction(text, len, &at, &fraction_ms) != STATUS_OK ||
        read_offset(text + at, len - at, &offset_ms) != STATUS_OK)
        return STATUS_INVALID;
    int64_t whole_ms = days * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * INT64_C(1000) - offset_ms;
    /* A leap second is the last of a UTC day: the sum is the next midnight. */
    if (second == 60 && whole_ms % MS_PER_DAY != 0)
        return STATUS_INVALID;
    if (whole_ms < MS_FIRST || whole_ms + fraction_ms > MS_LAST)
        return STATUS_INVALID;
    *ret_ms = whole_ms + fraction_ms;
    return STATUS_OK;
}

void date_write(char *out, int32_t days) {
    /* What lies outside the years we can write becomes the nearest that does not. */
    struct civil date = date_to_civil(days < DAYS_FIRST ? DAYS_FIRST : days > DAYS_LAST ? DAYS_LAST : days);
    char digits[8];
    digits_store(digits, digits_of((uint32_t)(date.year * 10000 + date.month * 100 + date.day)));
    memcpy(out, "0000-00-00", DATE_TEXT_LEN + 1);
    memcpy(out, digits, 4);
    memcpy(out + 5, digits + 4, 2);
    memcpy(out + 8, digits + 6, 2);
}

int32_t timestamp_date(int64_t ms) {
    int64_t day = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
    return (int32_t)(day < DAYS_FIRST ? DAYS_FIRST : day > DAYS_LAST ? DAYS_LAST : day);
}

void timestamp_write(char *out, int64_t ms) {
    ms = ms < MS_FIRST ? MS_FIRST : ms > MS_LAST ? MS_LAST : ms;
    int32_t days = timestamp_date(ms);
    int of_day = (int)(ms - days * MS_PER_DAY);
    date_write(out, days);
    char digits[8];
    uint32_t second = (uint32_t)of_day / 1000, minute = second / 60, ms_of = (uint32_t)of_day % 1000;
    digits_store(digits, digits_of(minute / 60 * 1000000 + minute % 60 * 10000 + second % 60 * 100 + ms_of / 10));
    memcpy(out + DATE_TEXT_LEN, "T00:00:00.000Z", TIMESTAMP_TEXT_LEN - DATE_TEXT_LEN + 1);
    memcpy(out + 11, digits, 2);
    memcpy(out + 14, digits + 2, 2);
    memcpy(out + 17, digits + 4, 2);
    memcpy(out + 20, digits + 6, 2);
    out[22] = (char)('0' + ms_of % 10);
}
