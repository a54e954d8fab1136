/* The New York exchanges' sessions. Refuses closing times and dates that are
 * none. Owns nothing. Thread: any; pure. */
#include "domain/market_calendar.h"

#include "base/timestamp.h"

#include <stdio.h>
#include <string.h>

enum { MONDAY, THURSDAY = 3, SATURDAY = 5, SUNDAY };

#define MS_PER_MINUTE INT64_C(60000)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)
#define TRADE_BEGINS_MINUTE (9 * INT64_C(60) + 30)
#define TRADE_ENDS_MINUTE (16 * INT64_C(60))

/* Days that the exchanges were closed on and no rule says, since 1990. */
static const struct civil past_closures[] = {
    {1994, 4, 27},                                                /* mourning: Nixon */
    {2001, 9, 11},  {2001, 9, 12},  {2001, 9, 13}, {2001, 9, 14}, /* the attacks */
    {2004, 6, 11},                                                /* mourning: Reagan */
    {2007, 1, 2},                                                 /* mourning: Ford */
    {2012, 10, 29}, {2012, 10, 30},                               /* hurricane Sandy */
    {2018, 12, 5},                                                /* mourning: George H. W. Bush */
    {2025, 1, 9},                                                 /* mourning: Carter */
};

/* The n-th weekday of a month, n from 1. */
static int32_t weekday_of_month(int year, int month, int weekday, int n) {
    int32_t first = date_from_civil((struct civil){year, month, 1});
    return first + (weekday - date_weekday(first) + 7) % 7 + (n - 1) * 7;
}

static int32_t last_monday(int year, int month) {
    int32_t last = date_from_civil((struct civil){year, month, date_month_length(year, month)});
    return last - date_weekday(last);
}

/* The Gregorian computus of Meeus, Jones and Butcher. */
static int32_t easter_sunday(int year) {
    int golden = year % 19, century = year / 100, of_century = year % 100;
    int epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    int offset = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    int correction = (golden + 11 * epact + 22 * offset) / 451;
    int day_of_march = epact + offset - 7 * correction + 114;
    return date_from_civil((struct civil){year, day_of_march / 31, day_of_march % 31 + 1});
}

/* A holiday of a fixed date, as it is observed. */
static int32_t observed(int year, int month, int day) {
    int32_t date = date_from_civil((struct civil){year, month, day});
    int weekday = date_weekday(date);
    return weekday == SATURDAY ? date - 1 : weekday == SUNDAY ? date + 1 : date;
}

static bool is_new_years_day(int32_t date, int year) {
    int32_t holiday = date_from_civil((struct civil){year, 1, 1});
    /* On a Saturday it is not made up for: the old year's books are still open on Friday. */
    return date == (date_weekday(holiday) == SUNDAY ? holiday + 1 : holiday);
}

static bool is_holiday(int32_t date) {
    int year = date_to_civil(date).year;
    return is_new_years_day(date, year) || (year >= 1998 && date == weekday_of_month(year, 1, MONDAY, 3)) ||
           date == weekday_of_month(year, 2, MONDAY, 3) || date == easter_sunday(year) - 2 ||
           date == last_monday(year, 5) || (year >= 2022 && date == observed(year, 6, 19)) ||
           date == observed(year, 7, 4) || date == weekday_of_month(year, 9, MONDAY, 1) ||
           date == weekday_of_month(year, 11, THURSDAY, 4) || date == observed(year, 12, 25);
}

static bool is_closure(const struct market_calendar *calendar, int32_t date) {
    for (size_t i = 0; i < sizeof past_closures / sizeof past_closures[0]; i++)
        if (date == date_from_civil(past_closures[i]))
            return true;
    for (size_t i = 0; i < calendar->closed_dates_n; i++)
        if (date == calendar->closed_dates[i])
            return true;
    return false;
}

bool market_calendar_is_session(const struct market_calendar *calendar, int32_t date) {
    return date_weekday(date) < SATURDAY && !is_holiday(date) && !is_closure(calendar, date);
}

/* Ends: between any two of the closed days at most MARKET_CLOSED_DATES_MAX and a holiday's week are closed. */
int32_t market_calendar_session_until(const struct market_calendar *calendar, int32_t date) {
    while (!market_calendar_is_session(calendar, date))
        date--;
    return date;
}

int32_t market_calendar_session_after(const struct market_calendar *calendar, int32_t date) {
    do {
        date++;
    } while (!market_calendar_is_session(calendar, date));
    return date;
}

size_t market_calendar_sessions_n(const struct market_calendar *calendar, int32_t from, int32_t to) {
    size_t n = 0;
    for (int32_t date = from; date <= to; date++)
        n += market_calendar_is_session(calendar, date);
    return n;
}

/* How far New York's clock is behind UTC. The clocks change at 2 o'clock local time: at 7 UTC in March, at 6 UTC in
 * November. */
static int64_t new_york_behind_ms(int64_t wall_ms) {
    int year = date_to_civil(timestamp_date(wall_ms)).year;
    int64_t begins_ms = weekday_of_month(year, 3, SUNDAY, 2) * MS_PER_DAY + 7 * MS_PER_HOUR;
    int64_t ends_ms = weekday_of_month(year, 11, SUNDAY, 1) * MS_PER_DAY + 6 * MS_PER_HOUR;
    return (wall_ms >= begins_ms && wall_ms < ends_ms ? 4 : 5) * MS_PER_HOUR;
}

int32_t market_calendar_date(int64_t wall_ms) {
    return timestamp_date(wall_ms - new_york_behind_ms(wall_ms));
}

bool market_calendar_is_open(const struct market_calendar *calendar, int64_t wall_ms) {
    int64_t local_ms = wall_ms - new_york_behind_ms(wall_ms);
    int32_t date = timestamp_date(local_ms);
    int64_t minute = (local_ms - date * MS_PER_DAY) / MS_PER_MINUTE;
    return minute >= TRADE_BEGINS_MINUTE && minute < TRADE_ENDS_MINUTE && market_calendar_is_session(calendar, date);
}

int64_t market_calendar_close_ms(const struct market_calendar *calendar, int32_t session) {
    int64_t local_ms = session * MS_PER_DAY + calendar->close_minute * MS_PER_MINUTE;
    /* No session is on a day on which the clocks change: noon of the day says which time it has. */
    return local_ms + new_york_behind_ms(session * MS_PER_DAY + 17 * MS_PER_HOUR);
}

int32_t market_calendar_closed_session(const struct market_calendar *calendar, int64_t wall_ms) {
    int32_t session = market_calendar_session_until(calendar, market_calendar_date(wall_ms));
    if (market_calendar_close_ms(calendar, session) > wall_ms)
        session = market_calendar_session_until(calendar, session - 1);
    return session;
}

int32_t market_calendar_day_begun(const struct market_calendar *calendar, int64_t wall_ms) {
    return market_calendar_date(wall_ms - calendar->splits_minute * MS_PER_MINUTE);
}

/* --- settings --- */

static bool minute_parse(const char *text, int *ret_minute) {
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789") != 2 || strspn(text + 3, "0123456789") != 2)
        return false;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    if (hour > 23 || minute > 59)
        return false;
    *ret_minute = hour * 60 + minute;
    return true;
}

enum status market_calendar_parse_splits_time(struct market_calendar *calendar, const char *text) {
    return minute_parse(text, &calendar->splits_minute) ? STATUS_OK : STATUS_INVALID;
}

enum status market_calendar_parse(const char *close_time, const char *closed_dates,
                                  struct market_calendar *ret_calendar, char *error, size_t error_len) {
    struct market_calendar calendar = {0};
    if (!minute_parse(close_time, &calendar.close_minute)) {
        snprintf(error, error_len, "\"%s\" is not a time of day like 16:30", close_time);
        return STATUS_INVALID;
    }
    for (const char *at = closed_dates + strspn(closed_dates, ", "); *at;) {
        size_t len = strcspn(at, ", ");
        if (calendar.closed_dates_n == MARKET_CLOSED_DATES_MAX) {
            snprintf(error, error_len, "more than %d dates", MARKET_CLOSED_DATES_MAX);
            return STATUS_LIMIT;
        }
        if (date_parse(at, len, &calendar.closed_dates[calendar.closed_dates_n]) != STATUS_OK) {
            snprintf(error, error_len, "\"%.*s\" is not a date like 2025-01-09", (int)len, at);
            return STATUS_INVALID;
        }
        calendar.closed_dates_n++;
        at += len;
        at += strspn(at, ", ");
    }
    *ret_calendar = calendar;
    return STATUS_OK;
}
