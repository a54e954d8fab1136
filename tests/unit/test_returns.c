/* Returns against published cases, against numbers worked out apart (Python's
 * fractions and decimals), and against what must hold for any range.
 * links: pf_domain pf_base */
#include "base/timestamp.h"
#include "domain/returns.h"
#include "domain/risk.h"
#include "unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_MAX 16

struct day_text {
    const char *date, *value, *inflow, *outflow;
};

struct fixture {
    struct return_day days[DAYS_MAX];
    struct return_range range;
};

static int32_t date_of(const char *text) {
    int32_t days = 0;
    assert_int_equal(date_parse(text, strlen(text), &days), STATUS_OK);
    return days;
}

static struct amount amount_of(const char *text) {
    struct amount amount = {0};
    if (text)
        assert_int_equal(amount_parse(text, strlen(text), &amount), STATUS_OK);
    return amount;
}

static const struct return_range *range_of(struct fixture *it, const char *start, const char *end, const char *opening,
                                           const struct day_text *days, size_t n) {
    for (size_t i = 0; i < n; i++)
        it->days[i] = (struct return_day){date_of(days[i].date), amount_of(days[i].value), amount_of(days[i].inflow),
                                          amount_of(days[i].outflow), true};
    it->range = (struct return_range){date_of(start), date_of(end), amount_of(opening), it->days, n};
    return &it->range;
}
#define RANGE(it, start, end, opening, ...)                                                                            \
    range_of(it, start, end, opening, (const struct day_text[]){__VA_ARGS__},                                          \
             sizeof((const struct day_text[]){__VA_ARGS__}) / sizeof(struct day_text))

static struct return_sums sums_of(const struct return_range *range) {
    struct return_sums sums = {0};
    assert_int_equal(returns_sum(range, &sums), STATUS_OK);
    return sums;
}

static void assert_near(double got, double expected, double precision) {
    if (fabs(got - expected) > precision)
        fail_msg("%.12f is not %.12f", got, expected);
}

static void assert_ratio(struct ratio ratio, double expected, double precision) {
    assert_true(ratio.is_known);
    assert_near(ratio.value, expected, precision);
}

static void assert_amount(struct amount amount, const char *expected) {
    assert_true(amount.e8 == amount_of(expected).e8);
}

/* --- published cases --- */

/* Ghostfolio, one buy: 2 at 136.6 with a fee of 1.55, closes 142, 143.9, 148.9. */
static void test_one_buy(void **state) {
    struct fixture it;
    (void)state;
    const struct return_range *all = RANGE(&it, "2021-11-30", "2021-12-18", "0",
                                           {"2021-11-30", "273.2", "274.75", NULL}, {"2021-12-12", "284", NULL, NULL},
                                           {"2021-12-17", "287.8", NULL, NULL}, {"2021-12-18", "297.8", NULL, NULL});
    struct return_sums sums = sums_of(all);
    assert_amount(sums.gain, "23.05");
    assert_amount(sums.closing, "297.8");
    assert_ratio(returns_simple(&sums, sums.gain), 23.05 / 274.75, 1e-12);
    assert_near(returns_twr(all), 23.05 / 274.75, 1e-12);
    /* Before fees. */
    it.days[0].inflow = amount_of("273.2");
    assert_amount(sums_of(all).gain, "24.6");
    /* The last day alone. */
    const struct return_range *last =
        RANGE(&it, "2021-12-18", "2021-12-18", "287.8", {"2021-12-18", "297.8", NULL, NULL});
    assert_amount(sums_of(last).gain, "10");
    assert_near(returns_twr(last), 10 / 287.8, 1e-12);
}

/* Ghostfolio, sold out: 2 at 75.8, sold at 85.73. */
static void test_sold_out(void **state) {
    struct fixture it;
    (void)state;
    const struct return_range *all = RANGE(&it, "2022-03-07", "2022-04-11", "0", {"2022-03-07", "151.6", "151.6", NULL},
                                           {"2022-04-08", "0", NULL, "171.46"});
    struct return_sums sums = sums_of(all);
    assert_amount(sums.gain, "19.86");
    assert_amount(sums.closing, "0");
    assert_near(returns_twr(all), 19.86 / 151.6, 1e-12);
    assert_ratio(returns_simple(&sums, sums.gain), 19.86 / 151.6, 1e-12);
}

/* Portfolio Performance, IRR: -200 on 2010-01-01, +210 on 2010-12-31. Published as 0.050140747, where its search
 * stopped; 1.05^(365/364) - 1 is 0.0501407503. */
static void test_internal_rate(void **state) {
    struct fixture it;
    (void)state;
    struct ratio rate = returns_xirr(RANGE(&it, "2010-01-02", "2010-12-31", "200", {"2010-12-31", "210", NULL, NULL}));
    assert_ratio(rate, 0.050140747, 5e-9);
    assert_ratio(rate, pow(1.05, 365.0 / 364) - 1, 1e-10);
    /* The same as a purchase on the range's first day. */
    rate = returns_xirr(RANGE(&it, "2010-01-01", "2010-12-31", "0", {"2010-01-01", "200", "200", NULL},
                              {"2010-12-31", "210", NULL, NULL}));
    assert_ratio(rate, pow(1.05, 365.0 / 364) - 1, 1e-10);
}

/* --- worked out apart --- */

/* Python: Fractions of the definitions; the rate by bisection with 60 digits. */
static void test_flows_in_between(void **state) {
    struct fixture it;
    (void)state;
    const struct return_range *range =
        RANGE(&it, "2020-01-01", "2021-12-31", "1000", {"2020-03-02", "1430", "500", NULL},
              {"2020-11-16", "1200.5", NULL, "250"}, {"2021-02-01", "1900", "400.25", NULL},
              {"2021-12-31", "2150.75", NULL, NULL});
    struct return_sums sums = sums_of(range);
    assert_amount(sums.gain, "500.5");
    assert_ratio(returns_simple(&sums, sums.gain), 500.5 / 1900.25, 1e-12);
    double twr = returns_twr(range);
    assert_near(twr, (1430.0 / 1500) * (1450.5 / 1430) * (1900 / 1600.75) * (2150.75 / 1900) - 1, 1e-12);
    assert_ratio(returns_annualized(range, twr), pow(1 + twr, 365.0 / 731) - 1, 1e-12);
    assert_ratio(returns_modified_dietz(range, &sums),
                 500.5 / (1000 + 500 * (670.0 / 731) - 250 * (411.0 / 731) + 400.25 * (334.0 / 731)), 1e-12);
    double rate = returns_xirr(range).value;
    double worth = -1000 - 500 * pow(1 + rate, -62.0 / 365) + 250 * pow(1 + rate, -321.0 / 365) -
                   400.25 * pow(1 + rate, -398.0 / 365) + 2150.75 * pow(1 + rate, -731.0 / 365);
    assert_near(worth, 0, 1e-6);
}

static void test_what_does_not_exist(void **state) {
    struct fixture it;
    (void)state;
    /* Nothing was ever there. */
    const struct return_range nothing = {100, 200, {0}, NULL, 0};
    struct return_sums sums = sums_of(&nothing);
    assert_false(returns_simple(&sums, sums.gain).is_known);
    assert_false(returns_modified_dietz(&nothing, &sums).is_known);
    assert_false(returns_xirr(&nothing).is_known);
    assert_near(returns_twr(&nothing), 0, 0);
    assert_false(returns_annualized(&nothing, 0).is_known); /* 101 days */
    /* All lost: no rate has a change of sign. */
    const struct return_range *lost = RANGE(&it, "2020-01-01", "2020-12-31", "100", {"2020-12-31", "0", NULL, NULL});
    assert_near(returns_twr(lost), -1, 0);
    assert_false(returns_xirr(lost).is_known);
    assert_false(returns_annualized(lost, -1).is_known);
    /* More went out than was there: the denominator of a day is not above 0 then, and the day does not count. */
    const struct return_range *negative = RANGE(&it, "2020-01-01", "2020-01-03", "-5", {"2020-01-02", "10", NULL, NULL},
                                                {"2020-01-03", "11", NULL, NULL});
    assert_near(returns_twr(negative), 0.1, 1e-12);
    assert_false(returns_relative(0.1, (struct ratio){true, -1}).is_known);
    assert_false(returns_relative(0.1, (struct ratio){0}).is_known);
    assert_ratio(returns_relative(0.21, (struct ratio){true, 0.1}), 0.1, 1e-12);
}

static void test_a_sum_that_does_not_fit(void **state) {
    const int128 largest = (int128)(~(uint128)0 >> 1);
    struct return_day days[2] = {{.inflow = {largest}}, {.inflow = {1}}};
    struct return_sums sums;
    (void)state;
    assert_int_equal(returns_sum(&(struct return_range){0, 1, {0}, days, 2}, &sums), STATUS_OVERFLOW);
}

/* A hundred years, a day, and the ends of what is looked for. */
static void test_extreme_rates(void **state) {
    struct fixture it;
    (void)state;
    struct {
        const char *start, *end, *closing;
    } cases[] = {{"1920-01-01", "2019-12-31", "1.00000001"}, {"1920-01-01", "2019-12-31", "900000000000"},
                 {"1920-01-01", "2019-12-31", "0.00000001"}, {"2020-01-01", "2020-01-01", "100.5"},
                 {"2020-01-01", "2020-01-01", "99.9"},       {"2020-01-01", "2020-12-30", "99999999"},
                 {"2020-01-01", "2020-12-30", "0.000001"},   {"2020-01-01", "2020-12-30", "100"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct return_range *range =
            RANGE(&it, cases[i].start, cases[i].end, "100", {cases[i].end, cases[i].closing, NULL, NULL});
        double days = range->end - range->start + 1;
        double expected = pow(returns_amount(range->days[0].value) / 100, 365 / days) - 1;
        struct ratio rate = returns_xirr(range);
        if (expected > 1e6 || expected < -0.999999999) {
            assert_false(rate.is_known);
            continue;
        }
        assert_ratio(rate, expected, 1e-9 * (1 + fabs(expected)));
    }
}

/* --- for any range --- */

static uint64_t random_next(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

static size_t random_days(uint64_t *seed, struct return_day *days, size_t n) {
    int128 value = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t inflow = i == 0 || random_next(seed) % 4 == 0 ? (int64_t)(random_next(seed) % 100000000000) + 1 : 0;
        int64_t outflow = random_next(seed) % 16 == 0 ? (int64_t)((uint64_t)value % 1000000007) : 0;
        value = (value + inflow) * (int64_t)(900 + random_next(seed) % 201) / 1000 - outflow;
        if (value < 0)
            value = 0;
        days[i] =
            (struct return_day){(int32_t)(1000 + 3 * i), {value}, {inflow}, {outflow}, random_next(seed) % 8 != 0};
    }
    return n;
}

#define RANDOM_DAYS 200

static void test_ranges_chain(void **state) {
    uint64_t seed = 88172645463325252ULL;
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct return_day days[RANDOM_DAYS];
        size_t n = random_days(&seed, days, RANDOM_DAYS);
        struct return_range all = {1000, 1000 + 3 * (int32_t)n, {0}, days, n};
        size_t cut_a = random_next(&seed) % n, cut_b = cut_a + random_next(&seed) % (n - cut_a);
        size_t from[] = {0, cut_a, cut_b, n};
        double product = 1;
        struct amount gain = {0}, opening = {0};
        for (size_t i = 0; i < 3; i++) {
            struct return_range part = {all.start, all.end, opening, days + from[i], from[i + 1] - from[i]};
            struct return_sums sums = sums_of(&part);
            product *= 1 + returns_twr(&part);
            gain.e8 += sums.gain.e8;
            opening = sums.closing;
        }
        assert_near(product, 1 + returns_twr(&all), 1e-9 * product);
        assert_true(gain.e8 == sums_of(&all).gain.e8); /* exactly */
    }
}

static long double worth_at(const struct return_range *range, long double rate) {
    long double worth = -(long double)range->opening.e8, log_growth = log1pl(rate);
    for (size_t i = 0; i < range->days_n; i++) {
        long double flow = (long double)range->days[i].outflow.e8 - (long double)range->days[i].inflow.e8;
        flow += i == range->days_n - 1 ? (long double)range->days[i].value.e8 : 0;
        worth += flow * expl(-(long double)(range->days[i].date - range->start + 1) / 365 * log_growth);
    }
    return worth;
}

/* A little below the rate and a little above it, the signs differ. */
static void test_the_rate_makes_all_worth_nothing(void **state) {
    uint64_t seed = 362436069362436069ULL;
    int known_n = 0;
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct return_day days[RANDOM_DAYS];
        size_t n = random_days(&seed, days, 2 + random_next(&seed) % (RANDOM_DAYS - 2));
        struct return_range range = {1000, days[n - 1].date, {(int128)(random_next(&seed) % 1000000000000)}, days, n};
        struct ratio rate = returns_xirr(&range);
        if (!rate.is_known)
            continue;
        known_n++;
        long double near = 1e-10L + 1e-14L * fabsl((long double)rate.value);
        long double below = worth_at(&range, (long double)rate.value - near);
        long double above = worth_at(&range, (long double)rate.value + near);
        assert_true((below > 0) != (above > 0));
    }
    assert_true(known_n > 250);
}

/* --- risk --- */

static void test_volatility_and_drawdown(void **state) {
    struct fixture it;
    (void)state;
    const struct return_range *range = RANGE(&it, "2020-01-02", "2020-01-31", "100", {"2020-01-02", "110", NULL, NULL},
                                             {"2020-01-03", "99", NULL, NULL}, {"2020-01-06", "88", NULL, NULL},
                                             {"2020-01-07", "188", "100", NULL}, {"2020-01-08", "235", NULL, NULL});
    struct risk risk = risk_of(range);
    /* Returns 0.1, -0.1, -1/9, 0, 0.25: Python's statistics.stdev times the root of 252. */
    double returns[] = {0.1, -0.1, -1.0 / 9, 0, 0.25}, mean = 0, squares = 0;
    for (size_t i = 0; i < 5; i++)
        mean += returns[i] / 5;
    for (size_t i = 0; i < 5; i++)
        squares += (returns[i] - mean) * (returns[i] - mean);
    assert_ratio(risk.volatility, sqrt(squares / 4 * 252), 1e-12);
    assert_int_equal(risk.returns_n, 5);
    assert_near(risk.drawdown.value, 0.2, 1e-12);
    assert_int_equal(risk.drawdown.peak_date, date_of("2020-01-02"));
    assert_int_equal(risk.drawdown.low_date, date_of("2020-01-06"));
    assert_true(risk.drawdown.is_recovered);
    assert_int_equal(risk.drawdown.recovered_date, date_of("2020-01-08"));
}

static void test_a_fall_from_the_beginning(void **state) {
    struct fixture it;
    (void)state;
    struct risk risk = risk_of(RANGE(&it, "2020-01-02", "2020-01-03", "100", {"2020-01-02", "90", NULL, NULL},
                                     {"2020-01-03", "95", NULL, NULL}));
    assert_near(risk.drawdown.value, 0.1, 1e-12);
    assert_int_equal(risk.drawdown.peak_date, date_of("2020-01-01"));
    assert_false(risk.drawdown.is_recovered);
    /* One return has no deviation; no fall, no drawdown. */
    risk = risk_of(RANGE(&it, "2020-01-02", "2020-01-03", "100", {"2020-01-03", "101", NULL, NULL}));
    assert_false(risk.volatility.is_known);
    assert_int_equal(risk.returns_n, 1);
    assert_near(risk.drawdown.value, 0, 0);
}

/* A purchase on a day without prices adds no return of its own. */
static void test_days_without_prices_join_the_next(void **state) {
    struct fixture it;
    (void)state;
    const struct return_range *range = RANGE(&it, "2020-01-03", "2020-01-07", "100", {"2020-01-03", "105", NULL, NULL},
                                             {"2020-01-04", "204", "100", NULL}, {"2020-01-06", "214.2", NULL, NULL},
                                             {"2020-01-07", "200", NULL, NULL});
    it.days[1].is_priced = false;
    struct risk risk = risk_of(range);
    assert_int_equal(risk.returns_n, 3);
    double joined = (204.0 / 205) * 1.05 - 1, last = 200 / 214.2 - 1, mean = (0.05 + joined + last) / 3;
    double squares = (0.05 - mean) * (0.05 - mean) + (joined - mean) * (joined - mean) + (last - mean) * (last - mean);
    assert_ratio(risk.volatility, sqrt(squares / 2 * 252), 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_buy),
        cmocka_unit_test(test_sold_out),
        cmocka_unit_test(test_internal_rate),
        cmocka_unit_test(test_flows_in_between),
        cmocka_unit_test(test_what_does_not_exist),
        cmocka_unit_test(test_a_sum_that_does_not_fit),
        cmocka_unit_test(test_extreme_rates),
        cmocka_unit_test(test_ranges_chain),
        cmocka_unit_test(test_the_rate_makes_all_worth_nothing),
        cmocka_unit_test(test_volatility_and_drawdown),
        cmocka_unit_test(test_a_fall_from_the_beginning),
        cmocka_unit_test(test_days_without_prices_join_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
