/* When the New York stock exchanges trade: sessions by the exchanges' rules of
 * holidays, New York's clock with its daylight saving time, and when a session
 * counts as closed.
 *
 * The rules are today's (since 2022 with Juneteenth, observed as New York does:
 * a Sunday's holiday on Monday, a Saturday's on Friday, but no New Year's Day in
 * the old year); before, each holiday has the year it began in. What no rule
 * says, a day of mourning or a storm, is in the list of past closures or in the
 * setting MARKET_CLOSED_DATES. Years 1990 to 2200; exact since 2007, when
 * daylight saving time got its present rule. Source of the rules: NYSE Rule 7.2
 * and 15 U.S.C. 260a. Thread: any; pure. */
#ifndef PF_DOMAIN_MARKET_CALENDAR_H
#define PF_DOMAIN_MARKET_CALENDAR_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MARKET_CLOSED_DATES_MAX 64

struct market_calendar {
    int close_minute;  /* of New York's day: from then on a session's closing prices are asked for */
    int splits_minute; /* from then on a day's splits are asked for: before trade begins */
    int32_t closed_dates[MARKET_CLOSED_DATES_MAX]; /* beyond the rules */
    size_t closed_dates_n;
};

/* close_time: "16:30". closed_dates: "2025-01-09,…", or empty. What is wrong: INVALID, or
 * LIMIT for too many, with a text in error that does not name the setting. */
PF_MUST_CHECK enum status market_calendar_parse(const char *close_time, const char *closed_dates,
                                                struct market_calendar *ret_calendar, char *error, size_t error_len);

bool market_calendar_is_session(const struct market_calendar *calendar, int32_t date);
/* The last session on or before the date, the first one after it. */
int32_t market_calendar_session_until(const struct market_calendar *calendar, int32_t date);
int32_t market_calendar_session_after(const struct market_calendar *calendar, int32_t date);
/* From 9:30 to 16:00 of New York's clock on a session's day. That a session ends at 13:00 (around a few holidays) it
 * does not know. */
bool market_calendar_is_open(const struct market_calendar *calendar, int64_t wall_ms);
/* How many sessions are in [from, to]. */
size_t market_calendar_sessions_n(const struct market_calendar *calendar, int32_t from, int32_t to);

/* The instant from which the session's closing prices are asked for. */
int64_t market_calendar_close_ms(const struct market_calendar *calendar, int32_t session);
/* The last session whose close is not after the instant. */
int32_t market_calendar_closed_session(const struct market_calendar *calendar, int64_t wall_ms);

/* A time of day like 06:00; INVALID otherwise. */
PF_MUST_CHECK enum status market_calendar_parse_splits_time(struct market_calendar *calendar, const char *text);
/* The last day whose splits_minute is not after the instant, session or not. */
int32_t market_calendar_day_begun(const struct market_calendar *calendar, int64_t wall_ms);

/* New York's date at an instant. */
int32_t market_calendar_date(int64_t wall_ms);

#endif
