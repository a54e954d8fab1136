/* Times and dates. links: pf_base */
#include "base/timestamp.h"
#include "unit/test.h"

#include <stdio.h>
#include <time.h>

static const struct {
    const char *text, *written; /* NULL: STATUS_INVALID */
} instants[] = {
    {"2026-11-20T22:34:50.123Z", "2026-11-20T22:34:50.123Z"},
    {"2026-11-20t22:34:50z", "2026-11-20T22:34:50.000Z"},
    {"2026-11-20T22:34:50.1Z", "2026-11-20T22:34:50.100Z"},
    {"2026-11-20T22:34:50.123999999Z", "2026-11-20T22:34:50.123Z"},
    {"2026-11-20T22:34:50+00:00", "2026-11-20T22:34:50.000Z"},
    {"2026-11-20T22:34:50-00:00", "2026-11-20T22:34:50.000Z"},
    {"2026-11-20T22:34:50+05:30", "2026-11-20T17:04:50.000Z"},
    {"2026-12-31T22:34:50.5-05:00", "2027-01-01T03:34:50.500Z"},
    {"2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"},
    {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
    {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
    {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
    {"2017-01-01T00:59:60.5+01:00", "2017-01-01T00:00:00.500Z"},
    {"2016-12-31T23:58:60Z", NULL},
    {"9999-12-31T23:59:60Z", NULL},
    {"0001-01-01T00:00:00+00:01", NULL},
    {"9999-12-31T23:59:59-00:01", NULL},
    {"0000-01-01T00:00:00Z", NULL},
    {"2023-02-29T00:00:00Z", NULL},
    {"2026-13-01T00:00:00Z", NULL},
    {"2026-00-01T00:00:00Z", NULL},
    {"2026-04-31T00:00:00Z", NULL},
    {"2026-04-00T00:00:00Z", NULL},
    {"2026-11-20T24:00:00Z", NULL},
    {"2026-11-20T22:60:00Z", NULL},
    {"2026-11-20T22:34:61Z", NULL},
    {"2026-11-20T22:34:50", NULL},
    {"2026-11-20T22:34:50.Z", NULL},
    {"2026-11-20T22:34:50.1234567890Z", NULL},
    {"2026-11-20T22:34:50,5Z", NULL},
    {"2026-11-20T22:34Z", NULL},
    {"2026-11-20 22:34:50Z", NULL},
    {"2026-11-20T22:34:50+0530", NULL},
    {"2026-11-20T22:34:50+24:00", NULL},
    {"2026-11-20T22:34:50+05:60", NULL},
    {"2026-11-20T22:34:50Zx", NULL},
    {"2026-11-20T22:34:50.123", NULL},
    {"20261120T223450Z", NULL},
    {"+026-11-20T22:34:50Z", NULL},
    {"2026-11-20", NULL},
    {"", NULL},
};

static void test_parse_reads_rfc3339(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        int64_t ms = 77;
        char out[TIMESTAMP_TEXT_LEN + 1];
        enum status status = timestamp_parse(instants[i].text, strlen(instants[i].text), &ms);
        if (!instants[i].written) {
            assert_row(status == STATUS_INVALID && ms == 77, instants[i].text);
            continue;
        }
        assert_row(status == STATUS_OK, instants[i].text);
        timestamp_write(out, ms);
        assert_row(strcmp(out, instants[i].written) == 0, instants[i].text);
    }
}

/* Against the C library, which knows the calendar too. */
static void test_every_day_agrees_with_the_library(void **state) {
    (void)state;
    for (int32_t days = -719162; days <= 2932896; days += 1) {
        char out[DATE_TEXT_LEN + 1], expected[32];
        time_t seconds = (time_t)days * 86400;
        struct tm parts;
        int32_t again = 0;
        date_write(out, days);
        assert_int_equal(date_parse(out, DATE_TEXT_LEN, &again), STATUS_OK);
        assert_int_equal(again, days);
        if (days % 7 != 0) /* the library is slow */
            continue;
        assert_non_null(gmtime_r(&seconds, &parts));
        (void)snprintf(expected, sizeof expected, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday);
        assert_string_equal(out, expected);
    }
}

static void test_every_second_of_a_day_is_written(void **state) {
    (void)state;
    for (int second = 0; second < 86400; second++) {
        char out[TIMESTAMP_TEXT_LEN + 1], expected[64];
        int ms = second * 7 % 1000;
        (void)snprintf(expected, sizeof expected, "2026-11-20T%02d:%02d:%02d.%03dZ", second / 3600, second / 60 % 60,
                       second % 60, ms);
        timestamp_write(out, INT64_C(20777) * MS_PER_DAY + second * INT64_C(1000) + ms);
        assert_string_equal(out, expected);
    }
}

static void test_date_parse_refuses(void **state) {
    static const char *const rows[] = {"",           "2026-11-2",  "2026-11-200", "2026/11/20", "2026-1a-20",
                                       "2026-02-30", "1900-02-29", "0000-01-01",  "2026-11-00", "-026-11-20"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t days = 77;
        assert_row(date_parse(rows[i], strlen(rows[i]), &days) == STATUS_INVALID, rows[i]);
        assert_row(days == 77, rows[i]);
    }
}

static void test_date_of_an_instant_is_its_utc_day(void **state) {
    (void)state;
    assert_int_equal(timestamp_date(0), 0);
    assert_int_equal(timestamp_date(-1), -1);
    assert_int_equal(timestamp_date(MS_PER_DAY - 1), 0);
    assert_int_equal(timestamp_date(MS_PER_DAY), 1);
    assert_int_equal(timestamp_date(-MS_PER_DAY), -1);
    assert_int_equal(timestamp_date(-MS_PER_DAY - 1), -2);
}

static void test_write_outside_our_years_is_clamped(void **state) {
    char out[TIMESTAMP_TEXT_LEN + 1];
    (void)state;
    timestamp_write(out, INT64_MIN);
    assert_string_equal(out, "0001-01-01T00:00:00.000Z");
    timestamp_write(out, INT64_MAX);
    assert_string_equal(out, "9999-12-31T23:59:59.999Z");
    date_write(out, INT32_MIN);
    assert_string_equal(out, "0001-01-01");
    date_write(out, INT32_MAX);
    assert_string_equal(out, "9999-12-31");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_reads_rfc3339),
        cmocka_unit_test(test_every_day_agrees_with_the_library),
        cmocka_unit_test(test_every_second_of_a_day_is_written),
        cmocka_unit_test(test_date_parse_refuses),
        cmocka_unit_test(test_date_of_an_instant_is_its_utc_day),
        cmocka_unit_test(test_write_outside_our_years_is_clamped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
