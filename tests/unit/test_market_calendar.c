/* links: pf_domain pf_base */
/* New York's sessions and clock, against published calendars and, where the
 * data is there, against twelve years of real sessions. */
#include "base/timestamp.h"
#include "domain/market_calendar.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

static int32_t date_of(const char *text) {
    int32_t date;
    if (date_parse(text, strlen(text), &date) != STATUS_OK)
        fail_msg("not a date: %s", text);
    return date;
}

static int64_t instant_of(const char *text) {
    int64_t ms;
    if (timestamp_parse(text, strlen(text), &ms) != STATUS_OK)
        fail_msg("not a time: %s", text);
    return ms;
}

static struct market_calendar calendar_of(const char *close_time, const char *closed_dates) {
    struct market_calendar calendar;
    char error[100];
    assert_int_equal(market_calendar_parse(close_time, closed_dates, &calendar, error, sizeof error), STATUS_OK);
    return calendar;
}

/* The exchange's own list for 2021 to 2027, and what is peculiar in it. */
static void test_published_holidays(void **state) {
    static const char *const closed[] = {
        "2021-01-01", "2021-01-18", "2021-02-15", "2021-04-02", "2021-05-31", "2021-07-05", "2021-09-06", "2021-11-25",
        "2021-12-24", "2022-01-17", "2022-02-21", "2022-04-15", "2022-05-30", "2022-06-20", "2022-07-04", "2022-09-05",
        "2022-11-24", "2022-12-26", "2023-01-02", "2023-01-16", "2023-02-20", "2023-04-07", "2023-05-29", "2023-06-19",
        "2023-07-04", "2023-09-04", "2023-11-23", "2023-12-25", "2024-01-01", "2024-03-29", "2024-06-19", "2025-01-09",
        "2025-04-18", "2025-06-19", "2026-04-03", "2026-06-19", "2026-07-03", "2026-11-26", "2026-12-25", "2027-03-26",
        "2027-06-18", "2027-07-05", "2027-12-24"};
    static const char *const open[] = {"2021-06-18", /* no Juneteenth yet */
                                       "2021-12-31", /* New Year's Day on a Saturday is not made up for */
                                       "2010-12-31",
                                       "2027-12-31",
                                       "1997-01-20" /* no Martin Luther King day yet */,
                                       "2024-11-29",
                                       "2026-12-24",
                                       "2012-10-31",
                                       "2024-10-14" /* Columbus Day */,
                                       "2024-11-11" /* Veterans Day */};
    const struct market_calendar calendar = calendar_of("16:30", "");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(closed); i++)
        assert_row(!market_calendar_is_session(&calendar, date_of(closed[i])), closed[i]);
    for (size_t i = 0; i < COUNT_OF(open); i++)
        assert_row(market_calendar_is_session(&calendar, date_of(open[i])), open[i]);
    assert_false(market_calendar_is_session(&calendar, date_of("2026-11-21"))); /* a Saturday */
    assert_int_equal(market_calendar_sessions_n(&calendar, date_of("2024-01-01"), date_of("2024-12-31")), 252);
    assert_int_equal(market_calendar_sessions_n(&calendar, date_of("2025-01-01"), date_of("2025-12-31")), 250);
}

static void test_sessions_around(void **state) {
    const struct market_calendar calendar = calendar_of("16:30", "");
    (void)state;
    assert_int_equal(market_calendar_session_until(&calendar, date_of("2026-11-27")), date_of("2026-11-27"));
    assert_int_equal(market_calendar_session_until(&calendar, date_of("2026-11-26")), date_of("2026-11-25"));
    assert_int_equal(market_calendar_session_until(&calendar, date_of("2001-09-16")), date_of("2001-09-10"));
    assert_int_equal(market_calendar_session_after(&calendar, date_of("2001-09-10")), date_of("2001-09-17"));
    assert_int_equal(market_calendar_session_after(&calendar, date_of("2026-12-31")), date_of("2027-01-04"));
}

static void test_close_in_both_times(void **state) {
    const struct market_calendar calendar = calendar_of("16:30", "");
    (void)state;
    assert_int_equal(market_calendar_close_ms(&calendar, date_of("2026-11-20")), instant_of("2026-11-20T21:30:00Z"));
    assert_int_equal(market_calendar_close_ms(&calendar, date_of("2026-07-20")), instant_of("2026-07-20T20:30:00Z"));
    /* The Fridays and Mondays around both changes of the clocks. */
    assert_int_equal(market_calendar_close_ms(&calendar, date_of("2026-03-06")), instant_of("2026-03-06T21:30:00Z"));
    assert_int_equal(market_calendar_close_ms(&calendar, date_of("2026-03-09")), instant_of("2026-03-09T20:30:00Z"));
    assert_int_equal(market_calendar_close_ms(&calendar, date_of("2026-10-30")), instant_of("2026-10-30T20:30:00Z"));
    assert_int_equal(market_calendar_close_ms(&calendar, date_of("2026-11-02")), instant_of("2026-11-02T21:30:00Z"));
    const struct market_calendar late = calendar_of("23:59", "");
    assert_int_equal(market_calendar_close_ms(&late, date_of("2026-11-20")), instant_of("2026-11-21T04:59:00Z"));
}

static void test_closed_session(void **state) {
    static const struct {
        const char *wall, *session;
    } rows[] = {
        {"2026-11-20T21:29:59.999Z", "2026-11-19"}, {"2026-11-20T21:30:00Z", "2026-11-20"},
        {"2026-11-22T12:00:00Z", "2026-11-20"},     {"2026-11-26T23:00:00Z", "2026-11-25"},
        {"2026-11-24T03:00:00Z", "2026-11-23"}, /* New York still has Monday */
        {"2026-01-01T02:00:00Z", "2025-12-31"},
    };
    const struct market_calendar calendar = calendar_of("16:30", "");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(market_calendar_closed_session(&calendar, instant_of(rows[i].wall)) == date_of(rows[i].session),
                   rows[i].wall);
    /* A close after midnight UTC belongs to the day before. */
    const struct market_calendar late = calendar_of("20:00", "");
    assert_int_equal(market_calendar_closed_session(&late, instant_of("2026-11-21T00:59:59Z")), date_of("2026-11-19"));
    assert_int_equal(market_calendar_closed_session(&late, instant_of("2026-11-21T01:00:00Z")), date_of("2026-11-20"));
}

static void test_hours_of_trade(void **state) {
    static const struct {
        const char *wall;
        bool is_open;
    } rows[] = {
        {"2026-11-20T14:29:59.999Z", false}, {"2026-11-20T14:30:00Z", true},
        {"2026-11-20T20:59:59.999Z", true},  {"2026-11-20T21:00:00Z", false},
        {"2026-07-20T13:29:59.999Z", false}, /* an hour earlier by UTC in summer */
        {"2026-07-20T13:30:00Z", true},      {"2026-07-20T20:00:00Z", false},
        {"2026-11-21T16:00:00Z", false}, /* a Saturday */
        {"2026-11-26T16:00:00Z", false}, /* Thanksgiving */
        {"2026-11-24T03:00:00Z", false}, /* Monday's night there */
    };
    const struct market_calendar calendar = calendar_of("09:00", ""); /* when closes are asked for is something else */
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(market_calendar_is_open(&calendar, instant_of(rows[i].wall)) == rows[i].is_open, rows[i].wall);
    const struct market_calendar mourning = calendar_of("16:30", "2026-11-20");
    assert_false(market_calendar_is_open(&mourning, instant_of("2026-11-20T16:00:00Z")));
}

static void test_date_in_new_york(void **state) {
    (void)state;
    assert_int_equal(market_calendar_date(instant_of("2026-11-20T04:59:59Z")), date_of("2026-11-19"));
    assert_int_equal(market_calendar_date(instant_of("2026-11-20T05:00:00Z")), date_of("2026-11-20"));
    assert_int_equal(market_calendar_date(instant_of("2026-07-20T03:59:59Z")), date_of("2026-07-19"));
    assert_int_equal(market_calendar_date(instant_of("2026-07-20T04:00:00Z")), date_of("2026-07-20"));
}

/* A day's splits are asked for from a time of New York's day on, session or not. */
static void test_the_day_that_has_begun(void **state) {
    struct market_calendar calendar = {.close_minute = 0};
    (void)state;
    assert_int_equal(market_calendar_parse_splits_time(&calendar, "03:00"), STATUS_OK);
    assert_int_equal(market_calendar_day_begun(&calendar, instant_of("2026-11-20T07:59:59Z")), date_of("2026-11-19"));
    assert_int_equal(market_calendar_day_begun(&calendar, instant_of("2026-11-20T08:00:00Z")), date_of("2026-11-20"));
    assert_int_equal(market_calendar_day_begun(&calendar, instant_of("2026-07-20T07:00:00Z")), date_of("2026-07-20"));
    assert_int_equal(market_calendar_parse_splits_time(&calendar, "3"), STATUS_INVALID);
}

static void test_settings(void **state) {
    struct market_calendar calendar;
    char error[100];
    (void)state;
    calendar = calendar_of("09:05", " 2026-11-23, 2026-11-24 ,");
    assert_int_equal(calendar.close_minute, 9 * 60 + 5);
    assert_int_equal(calendar.closed_dates_n, 2);
    assert_false(market_calendar_is_session(&calendar, date_of("2026-11-24")));
    assert_int_equal(market_calendar_session_after(&calendar, date_of("2026-11-20")), date_of("2026-11-25"));

    static const char *const bad_times[] = {"", "16", "24:00", "16:60", "1630", "16:3", "16:300", "-1:30", "ab:cd"};
    for (size_t i = 0; i < COUNT_OF(bad_times); i++)
        assert_row(market_calendar_parse(bad_times[i], "", &calendar, error, sizeof error) == STATUS_INVALID,
                   bad_times[i]);
    assert_int_equal(market_calendar_parse("16:30", "2026-02-30", &calendar, error, sizeof error), STATUS_INVALID);
    assert_string_equal(error, "\"2026-02-30\" is not a date like 2025-01-09");

    char many[(MARKET_CLOSED_DATES_MAX + 1) * 11 + 1] = "";
    for (size_t i = 0; i <= MARKET_CLOSED_DATES_MAX; i++)
        memcpy(many + i * 11, "2026-11-23,", 12);
    assert_int_equal(market_calendar_parse("16:30", many, &calendar, error, sizeof error), STATUS_LIMIT);
}

/* Every day of the file's span is a session exactly when the file has it. */
static void test_real_sessions(void **state) {
    const struct market_calendar calendar = calendar_of("16:30", "");
    FILE *file = fopen("../shared/data/daily/IBM_2010_2021.csv", "r");
    char line[512];
    int32_t expected = date_of("2010-01-04");
    size_t n = 0;
    (void)state;
    if (!file) {
        print_message("../shared/data is not there: skipped\n");
        skip();
    }
    assert_non_null(fgets(line, sizeof line, file)); /* the header */
    while (fgets(line, sizeof line, file)) {
        const char *date = strchr(line, ',') + 1;
        if (date_of((char[]){date[0], date[1], date[2], date[3], date[4], date[5], date[6], date[7], date[8], date[9],
                             '\0'}) != expected)
            fail_msg("the calendar expects another session than %.10s", date);
        expected = market_calendar_session_after(&calendar, expected);
        n++;
    }
    fclose(file);
    assert_true(n > 2800);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_holidays),     cmocka_unit_test(test_sessions_around),
        cmocka_unit_test(test_close_in_both_times),    cmocka_unit_test(test_closed_session),
        cmocka_unit_test(test_hours_of_trade),         cmocka_unit_test(test_date_in_new_york),
        cmocka_unit_test(test_the_day_that_has_begun), cmocka_unit_test(test_settings),
        cmocka_unit_test(test_real_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
