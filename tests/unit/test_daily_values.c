/* Daily values against published cases, against a recomputation of each day from
 * nothing, and raw prices with splits against adjusted ones.
 * links: pf_domain pf_base */
#include "base/timestamp.h"
#include "domain/daily_values.h"
#include "domain/risk.h"
#include "unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int32_t date_of(const char *text) {
    int32_t days = 0;
    assert_int_equal(date_parse(text, strlen(text), &days), STATUS_OK);
    return days;
}

static int64_t e8_of(const char *text) {
    int64_t e8 = 0;
    assert_int_equal(decimal_parse(text, strlen(text), &e8), STATUS_OK);
    return e8;
}

static struct value_lot lot_of(const char *date, const char *quantity, const char *price, const char *fee) {
    struct value_lot lot = {date_of(date), {e8_of(quantity)}, {e8_of(price)}, {0}, {0}};
    lot.cost.e8 = amount_product(lot.quantity, lot.purchase_price).e8 + e8_of(fee);
    return lot;
}

static struct dated_price on(const char *date, const char *price) {
    return (struct dated_price){date_of(date), {e8_of(price)}};
}

static size_t days_of(const struct value_holding *holdings, size_t n, int32_t from, int32_t through,
                      struct daily_value **ret_days) {
    struct daily_values *values = NULL;
    size_t days_n = 0;
    assert_int_equal(daily_values_create(from, through, &values), STATUS_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(daily_values_add(values, &holdings[i]), STATUS_OK);
    assert_int_equal(daily_values_finish(values, ret_days, &days_n), STATUS_OK);
    daily_values_destroy(&values);
    return days_n;
}

static void assert_day(const struct daily_value *day, const char *date, const char *value, const char *inflow) {
    assert_int_equal(day->day.date, date_of(date));
    assert_true(day->day.value.e8 == e8_of(value));
    assert_true(day->day.inflow.e8 == e8_of(inflow));
}

/* Ghostfolio, one buy; before the first close the price last paid counts. */
static void test_one_buy(void **state) {
    struct value_lot lots[] = {lot_of("2021-11-30", "2", "136.6", "1.55")};
    struct dated_price closes[] = {on("2021-11-01", "100"), on("2021-12-12", "142"), on("2021-12-17", "143.9"),
                                   on("2021-12-18", "148.9")};
    struct value_holding holding = {.lots = lots, .lots_n = 1, .closes = closes + 1, .closes_n = 3, .factor = 1};
    struct daily_value *days = NULL;
    (void)state;
    assert_int_equal(days_of(&holding, 1, date_of("2021-11-30"), date_of("2021-12-31"), &days), 4);
    assert_day(&days[0], "2021-11-30", "273.2", "274.75");
    assert_int_equal(days[0].estimated_n, 1);
    assert_false(days[0].day.is_priced);
    assert_day(&days[3], "2021-12-18", "297.8", "0");
    assert_int_equal(days[3].estimated_n, 0);
    assert_int_equal(days[3].priced_n, 1);
    assert_true(days[3].cost_basis.e8 == e8_of("274.75"));
    free(days);
    /* With a close before the purchase that one counts. */
    holding.closes = closes;
    holding.closes_n = 4;
    assert_int_equal(days_of(&holding, 1, date_of("2021-11-30"), date_of("2021-12-31"), &days), 4);
    assert_day(&days[0], "2021-11-30", "200", "274.75");
    assert_int_equal(days[0].estimated_n, 0);
    free(days);
    /* From the middle on: what was bought before comes in as it stands. */
    assert_int_equal(days_of(&holding, 1, date_of("2021-12-17"), date_of("2021-12-17"), &days), 1);
    assert_day(&days[0], "2021-12-17", "287.8", "0");
    assert_true(days[0].cost_basis.e8 == e8_of("274.75"));
    free(days);
}

/* Ghostfolio, currency: 1 at 89.12 with a fee of 1 USD; USDCHF 0.9238, then 0.8854. */
static void test_another_currency(void **state) {
    struct value_lot lots[] = {lot_of("2023-01-03", "1", "89.12", "0")};
    struct dated_price closes[] = {on("2023-01-03", "89.12"), on("2023-07-10", "116.45")};
    struct dated_price rates[] = {on("2023-01-03", "0.9238"), on("2023-07-10", "0.8854")};
    struct value_holding holding = {.lots = lots,
                                    .lots_n = 1,
                                    .closes = closes,
                                    .closes_n = 2,
                                    .rates = rates,
                                    .rates_n = 2,
                                    .is_foreign = true,
                                    .factor = 1};
    struct daily_value *days = NULL;
    (void)state;
    lots[0].rate.e8 = e8_of("0.9238");
    assert_int_equal(days_of(&holding, 1, date_of("2023-01-03"), date_of("2023-07-10"), &days), 2);
    assert_day(&days[0], "2023-01-03", "82.329056", "82.329056");
    assert_day(&days[1], "2023-07-10", "103.10483", "0");
    struct return_range range = {
        days[0].day.date, days[1].day.date, {0}, (struct return_day[]){days[0].day, days[1].day}, 2};
    struct return_sums sums;
    assert_int_equal(returns_sum(&range, &sums), STATUS_OK);
    assert_true(sums.gain.e8 == e8_of("20.775774"));
    free(days);
    lots[0].cost.e8 += e8_of("1");
    assert_int_equal(days_of(&holding, 1, date_of("2023-01-03"), date_of("2023-07-10"), &days), 2);
    range.days = (struct return_day[]){days[0].day, days[1].day};
    assert_int_equal(returns_sum(&range, &sums), STATUS_OK);
    assert_true(sums.gain.e8 == e8_of("19.851974"));
    free(days);
    /* Before the first rate the purchase's counts, and is said. */
    holding.rates = rates + 1;
    holding.rates_n = 1;
    assert_int_equal(days_of(&holding, 1, date_of("2023-01-03"), date_of("2023-07-10"), &days), 2);
    assert_day(&days[0], "2023-01-03", "82.329056", "83.252856");
    assert_int_equal(days[0].estimated_n, 1);
    assert_int_equal(days[1].estimated_n, 0);
    free(days);
    /* Without the purchase's rate the holding has no value and no flow. */
    lots[0].rate.e8 = 0;
    assert_int_equal(days_of(&holding, 1, date_of("2023-01-03"), date_of("2023-07-10"), &days), 2);
    assert_day(&days[1], "2023-07-10", "0", "0");
    assert_int_equal(days[1].missing_n, 1);
    free(days);
}

/* Ten shares at 100 dollars in francs, over Independence Day: the exchange is closed, the rate moves from 0.90 to 0.88.
 * On 07-04 they are worth 10 x 100 x 0.88 = 880, down from 900, and on 07-05 (no rate) 10 x 105 x 0.88 = 924: the fall
 * of 2.2222 % is nowhere else. */
static void test_a_day_on_which_only_the_rate_moved(void **state) {
    struct value_lot lots[] = {lot_of("2023-07-03", "10", "100", "0")};
    struct dated_price closes[] = {on("2023-07-03", "100"), on("2023-07-05", "105")};
    struct dated_price rates[] = {on("2023-07-02", "0.91"), on("2023-07-03", "0.90"), on("2023-07-04", "0.88"),
                                  on("2023-07-06", "0.88")};
    struct value_holding holding = {.lots = lots,
                                    .lots_n = 1,
                                    .closes = closes,
                                    .closes_n = 2,
                                    .rates = rates,
                                    .rates_n = 4,
                                    .is_foreign = true,
                                    .factor = 1};
    struct daily_value *days = NULL;
    (void)state;
    lots[0].rate.e8 = e8_of("0.9");
    /* A rate that is the same again is no day of its own. */
    assert_int_equal(days_of(&holding, 1, date_of("2023-07-01"), date_of("2023-07-31"), &days), 3);
    assert_day(&days[0], "2023-07-03", "900", "900");
    assert_day(&days[1], "2023-07-04", "880", "0");
    assert_false(days[1].day.is_priced);
    assert_day(&days[2], "2023-07-05", "924", "0");
    struct return_day of_days[] = {days[0].day, days[1].day, days[2].day};
    struct return_range range = {date_of("2023-07-01"), date_of("2023-07-31"), {0}, of_days, 3};
    struct risk risk = risk_of(&range);
    assert_true(fabs(risk.drawdown.value - 20.0 / 900) < 1e-12);
    assert_int_equal(risk.drawdown.low_date, date_of("2023-07-04"));
    assert_int_equal(risk.returns_n, 2); /* the rate's move is in the next close's return: 924 / 900 */
    free(days);
}

static void test_pence(void **state) {
    struct value_lot lots[] = {lot_of("2023-01-03", "10", "250", "100")};
    struct dated_price closes[] = {on("2023-01-03", "255.5")};
    struct value_holding holding = {.lots = lots, .lots_n = 1, .closes = closes, .closes_n = 1, .factor = 100};
    struct daily_value *days = NULL;
    (void)state;
    assert_int_equal(days_of(&holding, 1, date_of("2023-01-03"), date_of("2023-01-03"), &days), 1);
    assert_day(&days[0], "2023-01-03", "25.55", "26");
    free(days);
}

/* A close carried over a split is divided by it; the lots step with it. */
static void test_a_split_without_a_close(void **state) {
    struct value_lot lots[] = {lot_of("2020-08-01", "10", "390", "0"), lot_of("2020-08-31", "4", "100", "0")};
    struct dated_price closes[] = {on("2020-08-28", "400"), on("2020-09-02", "110")};
    struct split splits[] = {{date_of("2020-08-31"), 4, 1}};
    struct value_holding holding = {
        .lots = lots, .lots_n = 2, .closes = closes, .closes_n = 2, .splits = splits, .splits_n = 1, .factor = 1};
    struct daily_value *days = NULL;
    (void)state;
    assert_int_equal(days_of(&holding, 1, date_of("2020-08-01"), date_of("2020-09-30"), &days), 4);
    assert_day(&days[0], "2020-08-01", "3900", "3900");
    assert_day(&days[1], "2020-08-28", "4000", "0");
    assert_day(&days[2], "2020-08-31", "4400", "400"); /* 44 at 400 / 4 */
    assert_day(&days[3], "2020-09-02", "4840", "0");
    free(days);
    struct ratio ratio = value_price_return(&holding, date_of("2020-08-30"), date_of("2020-09-30"));
    assert_true(ratio.is_known && fabs(ratio.value - 0.1) < 1e-12);
    assert_false(value_price_return(&holding, date_of("2020-08-27"), date_of("2020-09-30")).is_known);
    /* The price last paid is carried over a split just so. */
    holding.closes_n = 0;
    holding.lots_n = 1;
    assert_int_equal(days_of(&holding, 1, date_of("2020-08-01"), date_of("2020-09-30"), &days), 1);
    free(days);
    struct value_cursor cursor;
    struct holding_value value;
    value_cursor_init(&cursor, &holding);
    assert_int_equal(value_cursor_move(&cursor, date_of("2020-09-30"), &value), STATUS_OK);
    assert_true(value.value.e8 == e8_of("3900") && value.is_estimated);
}

/* A gift with a fee of 5, and one of the day after with 2; a price on the third day: all comes in then. */
static void test_what_has_no_price_comes_in_with_its_first(void **state) {
    struct value_lot lots[] = {lot_of("2020-01-02", "1", "0", "5"), lot_of("2020-01-03", "2", "0", "2")};
    struct dated_price closes[] = {on("2020-01-06", "20"), on("2020-01-07", "21")};
    struct value_holding holding = {.lots = lots, .lots_n = 2, .closes = closes, .closes_n = 2, .factor = 1};
    struct daily_value *days = NULL;
    (void)state;
    assert_int_equal(days_of(&holding, 1, date_of("2020-01-01"), date_of("2020-01-31"), &days), 4);
    assert_day(&days[0], "2020-01-02", "0", "0");
    assert_day(&days[1], "2020-01-03", "0", "0");
    assert_day(&days[2], "2020-01-06", "60", "7");
    assert_day(&days[3], "2020-01-07", "63", "0");
    free(days);
    /* From in between on as well. */
    assert_int_equal(days_of(&holding, 1, date_of("2020-01-04"), date_of("2020-01-31"), &days), 2);
    assert_day(&days[0], "2020-01-06", "60", "7");
    free(days);
}

static void test_what_is_missing(void **state) {
    struct value_lot lots[] = {lot_of("2020-01-02", "10", "0", "0")};
    struct value_holding holding = {.lots = lots, .lots_n = 1, .factor = 1};
    struct daily_value *days = NULL;
    (void)state;
    assert_int_equal(days_of(&holding, 1, date_of("2020-01-01"), date_of("2020-01-31"), &days), 1);
    assert_int_equal(days[0].missing_n, 1);
    assert_true(days[0].day.value.e8 == 0);
    free(days);
    /* A quantity past its bound. */
    struct value_lot large[] = {lot_of("2020-01-02", "90000000000", "1", "0"), lot_of("2020-01-03", "1", "1", "0")};
    holding = (struct value_holding){.lots = large, .lots_n = 2, .factor = 1};
    assert_int_equal(days_of(&holding, 1, date_of("2020-01-01"), date_of("2020-01-31"), &days), 2);
    assert_int_equal(days[0].missing_n, 0);
    assert_int_equal(days[1].missing_n, 1);
    free(days);
    /* No days, nothing held, nothing at all. */
    assert_int_equal(days_of(&holding, 1, date_of("2020-01-04"), date_of("2020-01-03"), &days), 0);
    free(days);
    assert_int_equal(days_of(NULL, 0, date_of("2020-01-01"), date_of("2020-01-03"), &days), 0);
    free(days);
}

/* --- random worlds --- */

#define FIRST_DAY 18000
#define DAYS_N 120
#define HOLDINGS_N 6

struct world {
    uint64_t seed;
    struct value_lot lots[HOLDINGS_N][4];
    struct dated_price closes[HOLDINGS_N][DAYS_N];
    struct dated_price rates[HOLDINGS_N][DAYS_N];
    struct split splits[HOLDINGS_N][3];
    struct value_holding holdings[HOLDINGS_N];
};

static uint64_t draw(struct world *world, uint64_t below) {
    world->seed ^= world->seed << 13;
    world->seed ^= world->seed >> 7;
    world->seed ^= world->seed << 17;
    return world->seed % below;
}

static void holding_draw(struct world *world, size_t h) {
    struct value_holding *it = &world->holdings[h];
    *it = (struct value_holding){.lots = world->lots[h],
                                 .closes = world->closes[h],
                                 .splits = world->splits[h],
                                 .rates = world->rates[h],
                                 .is_foreign = h % 3 == 1,
                                 .factor = h % 3 == 2 ? 100 : 1};
    for (int32_t day = FIRST_DAY, at = 0; at < DAYS_N; day++, at++) {
        if (it->lots_n < 4 && draw(world, 30) == 0)
            world->lots[h][it->lots_n++] = (struct value_lot){day,
                                                              {(int64_t)draw(world, 1000000000000) + 1},
                                                              {(int64_t)draw(world, 50000000000)},
                                                              {(int64_t)draw(world, 100000000000)},
                                                              {(int64_t)draw(world, 200000000) + 1}};
        if (it->splits_n < 3 && draw(world, 50) == 0)
            world->splits[h][it->splits_n++] =
                (struct split){day, (int32_t)draw(world, 7) + 2, draw(world, 2) ? 1 : (int32_t)draw(world, 5) + 1};
        if (draw(world, 3))
            world->closes[h][it->closes_n++] = (struct dated_price){day, {(int64_t)draw(world, 50000000000) + 1}};
        if (draw(world, 3))
            world->rates[h][it->rates_n++] = (struct dated_price){day, {(int64_t)draw(world, 200000000) + 1}};
    }
    if (it->lots_n == 0)
        world->lots[h][it->lots_n++] =
            (struct value_lot){FIRST_DAY + DAYS_N - 1, {DECIMAL_ONE}, {DECIMAL_ONE}, {DECIMAL_ONE}, {DECIMAL_ONE}};
    if (!it->is_foreign)
        it->rates_n = 0;
}

/* Each day from nothing, with a cursor that has seen no other day. */
static void assert_recomputed(const struct world *world, const struct daily_value *day) {
    struct amount value = {0}, cost = {0}, inflow = {0};
    int32_t priced_n = 0, missing_n = 0, estimated_n = 0;
    for (size_t h = 0; h < HOLDINGS_N; h++) {
        struct value_cursor cursor;
        struct holding_value now;
        value_cursor_init(&cursor, &world->holdings[h]);
        assert_int_equal(value_cursor_move(&cursor, day->day.date - 1, &now), STATUS_OK);
        assert_int_equal(value_cursor_move(&cursor, day->day.date, &now), STATUS_OK);
        inflow.e8 += now.inflow.e8;
        value_cursor_init(&cursor, &world->holdings[h]);
        assert_int_equal(value_cursor_move(&cursor, day->day.date, &now), STATUS_OK);
        value.e8 += now.value.e8;
        cost.e8 += now.cost_basis.e8;
        priced_n += now.is_priced;
        missing_n += now.is_missing;
        estimated_n += now.is_estimated;
    }
    assert_true(day->day.value.e8 == value.e8 && day->cost_basis.e8 == cost.e8 && day->day.inflow.e8 == inflow.e8);
    assert_int_equal(day->priced_n, priced_n);
    assert_int_equal(day->missing_n, missing_n);
    assert_int_equal(day->estimated_n, estimated_n);
}

static void test_each_day_is_as_if_computed_alone(void **state) {
    (void)state;
    for (uint64_t round = 1; round <= 60; round++) {
        static struct world world;
        world = (struct world){.seed = round * 0x9e3779b97f4a7c15ULL};
        for (size_t h = 0; h < HOLDINGS_N; h++)
            holding_draw(&world, h);
        struct daily_value *days = NULL, *later = NULL;
        size_t n = days_of(world.holdings, HOLDINGS_N, FIRST_DAY, FIRST_DAY + DAYS_N - 1, &days);
        assert_true(n > 0);
        for (size_t i = 0; i < n; i++)
            assert_recomputed(&world, &days[i]);
        /* From the middle on it is the same. */
        size_t skipped = draw(&world, n);
        size_t later_n = days_of(world.holdings, HOLDINGS_N, days[skipped].day.date, FIRST_DAY + DAYS_N - 1, &later);
        assert_int_equal(later_n, n - skipped);
        assert_memory_equal(later, days + skipped, later_n * sizeof *days);
        free(days);
        free(later);
    }
}

/* [start, end] of the world's days, as the stored days are read: the opening is the last row before. */
static struct return_sums sums_over(const struct daily_value *days, size_t n, int32_t start, int32_t end,
                                    double *ret_twr) {
    static struct return_day of_range[DAYS_N];
    struct return_range range = {.start = start, .end = end, .days = of_range};
    struct return_sums sums;
    for (size_t i = 0; i < n; i++) {
        if (days[i].day.date < start)
            range.opening = days[i].day.value;
        else if (days[i].day.date <= end)
            of_range[range.days_n++] = days[i].day;
    }
    assert_int_equal(returns_sum(&range, &sums), STATUS_OK);
    *ret_twr = returns_twr(&range);
    return sums;
}

/* Dollars, pence and rates, with splits: (1 + twr(a, b)) (1 + twr(b, c)) = 1 + twr(a, c), gains add up to the last
 * digit, and what a range begins with is what all are worth on the day before it. */
static void test_ranges_chain(void **state) {
    uint64_t rate_days_n = 0;
    (void)state;
    for (uint64_t round = 1; round <= 60; round++) {
        static struct world world;
        world = (struct world){.seed = round * 0xa0761d6478bd642fULL};
        const struct value_holding *holdings[HOLDINGS_N];
        for (size_t h = 0; h < HOLDINGS_N; h++) {
            holding_draw(&world, h);
            holdings[h] = &world.holdings[h];
            if (round % 2 && world.holdings[h].closes_n > 9)
                world.holdings[h].closes_n = 9; /* then rates alone */
        }
        struct daily_value *days = NULL;
        size_t n = days_of(world.holdings, HOLDINGS_N, FIRST_DAY, FIRST_DAY + DAYS_N - 1, &days);
        for (size_t i = 0; i < n; i++)
            rate_days_n += days[i].priced_n == 0 && days[i].day.inflow.e8 == 0 ? 1 : 0;
        int32_t a = FIRST_DAY + (int32_t)draw(&world, 40), b = a + 1 + (int32_t)draw(&world, 40),
                c = b + (int32_t)draw(&world, 38);
        double twr_ab, twr_bc, twr_ac;
        struct return_sums ab = sums_over(days, n, a, b - 1, &twr_ab), bc = sums_over(days, n, b, c, &twr_bc),
                           ac = sums_over(days, n, a, c, &twr_ac);
        struct daily_value before;
        assert_int_equal(daily_values_on(b - 1, holdings, HOLDINGS_N, &before), STATUS_OK);
        assert_true(bc.opening.e8 == before.day.value.e8 && ab.closing.e8 == before.day.value.e8);
        assert_true(ab.gain.e8 + bc.gain.e8 == ac.gain.e8 && ab.inflow.e8 + bc.inflow.e8 == ac.inflow.e8);
        assert_true(fabs((1 + twr_ab) * (1 + twr_bc) - (1 + twr_ac)) <= 1e-9 * (1 + twr_ac));
        free(days);
    }
    assert_true(rate_days_n > 20);
}

/* Raw prices with splits as rows, and prices divided by the later splits without
 * them: the same return. Prices with room for exact divisions. */
static void test_raw_with_splits_is_adjusted(void **state) {
    (void)state;
    for (uint64_t round = 1; round <= 100; round++) {
        struct world world = {.seed = round * 0xd1b54a32d192ed03ULL};
        struct split splits[] = {{FIRST_DAY + 20, 2, 1}, {FIRST_DAY + 50, 3, 2}, {FIRST_DAY + 80, 1, 5}};
        struct dated_price raw[DAYS_N], adjusted[DAYS_N];
        struct value_lot lots[4], adjusted_lots[4];
        for (int32_t at = 0; at < DAYS_N; at++) {
            struct split_ratio ratio;
            assert_int_equal(split_ratio_between(splits, 3, FIRST_DAY + at, FIRST_DAY + DAYS_N, &ratio), STATUS_OK);
            int64_t price = ((int64_t)draw(&world, 1000) + 500) * 30 * 1000000;
            adjusted[at] = (struct dated_price){FIRST_DAY + at, {price}};
            raw[at] = (struct dated_price){FIRST_DAY + at, {price * ratio.numerator / ratio.denominator}};
        }
        for (int32_t i = 0; i < 4; i++) {
            int32_t date = FIRST_DAY + i * 30 + (int32_t)draw(&world, 30);
            struct split_ratio ratio;
            assert_int_equal(split_ratio_between(splits, 3, date, FIRST_DAY + DAYS_N, &ratio), STATUS_OK);
            int64_t quantity = ((int64_t)draw(&world, 1000) + 1) * 60 * DECIMAL_ONE;
            lots[i] = (struct value_lot){date, {quantity}, raw[date - FIRST_DAY].price, {0}, {0}};
            lots[i].cost = amount_product(lots[i].quantity, lots[i].purchase_price);
            adjusted_lots[i] = lots[i];
            adjusted_lots[i].quantity.e8 = quantity * ratio.numerator / ratio.denominator;
        }
        struct value_holding with_splits = {
            .lots = lots, .lots_n = 4, .closes = raw, .closes_n = DAYS_N, .splits = splits, .splits_n = 3, .factor = 1};
        struct value_holding without = {
            .lots = adjusted_lots, .lots_n = 4, .closes = adjusted, .closes_n = DAYS_N, .factor = 1};
        struct daily_value *days = NULL, *expected = NULL;
        size_t n = days_of(&with_splits, 1, FIRST_DAY, FIRST_DAY + DAYS_N - 1, &days);
        assert_int_equal(days_of(&without, 1, FIRST_DAY, FIRST_DAY + DAYS_N - 1, &expected), n);
        assert_memory_equal(days, expected, n * sizeof *days); /* so all returns are equal too */
        assert_true(value_price_return(&with_splits, FIRST_DAY, FIRST_DAY + DAYS_N).is_known);
        assert_true(fabs(value_price_return(&with_splits, FIRST_DAY, FIRST_DAY + DAYS_N).value -
                         value_price_return(&without, FIRST_DAY, FIRST_DAY + DAYS_N).value) < 1e-12);
        free(days);
        free(expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_buy),
        cmocka_unit_test(test_another_currency),
        cmocka_unit_test(test_a_day_on_which_only_the_rate_moved),
        cmocka_unit_test(test_pence),
        cmocka_unit_test(test_a_split_without_a_close),
        cmocka_unit_test(test_what_has_no_price_comes_in_with_its_first),
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_each_day_is_as_if_computed_alone),
        cmocka_unit_test(test_ranges_chain),
        cmocka_unit_test(test_raw_with_splits_is_adjusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
