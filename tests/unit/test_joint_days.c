/* Days of several portfolios together, and in another currency: numbers worked
 * out by hand. links: pf_domain pf_base */
#include "domain/joint_days.h"
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

static struct amount amount_of(const char *text) {
    struct amount amount = {0};
    assert_int_equal(amount_parse(text, strlen(text), &amount), STATUS_OK);
    return amount;
}

/* "opening date:value,inflow,outflow …", a star where something was priced. */
static void assert_days(const struct joint_days *joint, const char *expected) {
    char got[1024] = "", *end = got + amount_write(got, joint->opening);
    for (size_t i = 0; i < joint->days_n; i++) {
        const struct return_day *day = &joint->days[i];
        const struct amount amounts[] = {day->value, day->inflow, day->outflow};
        end += snprintf(end, 16, " %d", day->date);
        for (size_t k = 0; k < 3; k++) {
            *end++ = k == 0 ? ':' : ',';
            end += amount_write(end, amounts[k]);
        }
        if (day->is_priced)
            *end++ = '*';
    }
    *end = '\0';
    assert_string_equal(got, expected);
}

static struct return_day day_of(int32_t date, const char *value, const char *inflow, bool is_priced) {
    return (struct return_day){
        .date = date, .value = amount_of(value), .inflow = amount_of(inflow), .is_priced = is_priced};
}

static struct dated_price rate_of(int32_t date, const char *text) {
    struct dated_price rate = {.date = date};
    assert_int_equal(decimal_parse(text, strlen(text), &rate.price.e8), STATUS_OK);
    return rate;
}

static void test_the_other_is_worth_what_it_was(void **state) {
    (void)state;
    struct joint_days sum = {0};
    const struct return_day ours[] = {day_of(2, "110", "5", true), day_of(5, "120", "0", true)};
    const struct return_day theirs[] = {day_of(3, "7", "7", false), day_of(5, "8", "0", false)};
    assert_int_equal(joint_days_add(&sum, amount_of("100"), ours, 2), STATUS_OK);
    assert_days(&sum, "100 2:110,5,0* 5:120,0,0*");
    assert_int_equal(joint_days_add(&sum, amount_of("0.5"), theirs, 2), STATUS_OK);
    assert_days(&sum, "100.5 2:110.5,5,0* 3:117,7,0 5:128,0,0*");
    assert_int_equal(joint_days_add(&sum, amount_of("1"), NULL, 0), STATUS_OK);
    assert_days(&sum, "101.5 2:111.5,5,0* 3:118,7,0 5:129,0,0*");
    joint_days_fini(&sum);
}

static void test_a_sum_that_does_not_fit(void **state) {
    (void)state;
    const struct return_day most = {.date = 1, .value.e8 = ((int128)1 << 126)};
    struct joint_days sum = {0};
    assert_int_equal(joint_days_add(&sum, (struct amount){0}, &most, 1), STATUS_OK);
    assert_int_equal(joint_days_add(&sum, (struct amount){0}, &most, 1), STATUS_OVERFLOW);
    assert_int_equal(sum.days_n, 1);
    joint_days_fini(&sum);
}

/* 100 at 1.1; 110 and 5 at 1.1; 110 at 1.2 of day 3; 120 at 1.2; 120 at 1.3 of day 5. */
static void test_each_day_has_its_rate(void **state) {
    (void)state;
    const struct return_day days[] = {day_of(2, "110", "5", true), day_of(4, "120", "0", true)};
    const struct dated_price rates[] = {rate_of(-9, "9"), rate_of(1, "1.1"), rate_of(3, "1.2"), rate_of(5, "1.3"),
                                        rate_of(6, "7")};
    const struct return_range range = {.start = 2, .end = 5, .opening = amount_of("100"), .days = days, .days_n = 2};
    struct joint_days converted = {0};
    assert_int_equal(joint_days_convert(&range, rates, 5, &converted), STATUS_OK);
    assert_days(&converted, "110 2:121,5.5,0* 3:132,0,0 4:144,0,0* 5:156,0,0");
    joint_days_fini(&converted);
}

/* A rate of the day itself counts for it; a half is rounded away from zero. */
static void test_a_day_is_rounded_once(void **state) {
    (void)state;
    struct return_day day = day_of(3, "0.00000003", "-0.00000001", true);
    day.outflow = amount_of("0.00000001");
    const struct dated_price rates[] = {rate_of(3, "0.5")};
    const struct return_range range = {.start = 3, .end = 3, .days = &day, .days_n = 1};
    struct joint_days converted = {0};
    assert_int_equal(joint_days_convert(&range, rates, 1, &converted), STATUS_OK);
    assert_days(&converted, "0 3:0.00000002,-0.00000001,0.00000001*");
    joint_days_fini(&converted);
}

static void test_what_is_nothing_needs_no_rate(void **state) {
    (void)state;
    const struct return_day days[] = {day_of(2, "0", "0", true), day_of(4, "10", "0", true), day_of(6, "0", "0", true)};
    const struct dated_price rates[] = {rate_of(3, "2"), rate_of(5, "3"), rate_of(7, "4")};
    struct return_range range = {.start = 2, .end = 9, .days = days, .days_n = 3};
    struct joint_days converted = {0};
    assert_int_equal(joint_days_convert(&range, rates, 3, &converted), STATUS_OK);
    assert_days(&converted, "0 2:0,0,0* 4:20,0,0* 5:30,0,0 6:0,0,0*");
    joint_days_fini(&converted);
    /* But an amount does, of a day or of the opening. */
    range.opening = amount_of("1");
    assert_int_equal(joint_days_convert(&range, rates, 3, &converted), STATUS_NOT_FOUND);
    const struct return_day early = day_of(2, "0", "1", false);
    range = (struct return_range){.start = 2, .end = 9, .days = &early, .days_n = 1};
    assert_int_equal(joint_days_convert(&range, rates, 3, &converted), STATUS_NOT_FOUND);
    assert_int_equal(joint_days_convert(&range, NULL, 0, &converted), STATUS_NOT_FOUND);
}

static void test_an_amount_of_a_day(void **state) {
    (void)state;
    const struct dated_price rates[] = {rate_of(3, "2"), rate_of(5, "3")};
    struct amount got = {0};
    assert_int_equal(joint_amount_convert(amount_of("7"), 1, NULL, 0, &got), STATUS_OK);
    assert_true(got.e8 == amount_of("7").e8);
    assert_int_equal(joint_amount_convert(amount_of("7"), 4, rates, 2, &got), STATUS_OK);
    assert_true(got.e8 == amount_of("14").e8);
    assert_int_equal(joint_amount_convert(amount_of("7"), 5, rates, 2, &got), STATUS_OK);
    assert_true(got.e8 == amount_of("21").e8);
    assert_int_equal(joint_amount_convert(amount_of("7"), 2, rates, 2, &got), STATUS_NOT_FOUND);
    const struct amount huge = {((int128)1 << 126)};
    assert_int_equal(joint_amount_convert(huge, 5, rates, 2, &got), STATUS_OVERFLOW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_other_is_worth_what_it_was), cmocka_unit_test(test_a_sum_that_does_not_fit),
        cmocka_unit_test(test_each_day_has_its_rate),          cmocka_unit_test(test_a_day_is_rounded_once),
        cmocka_unit_test(test_what_is_nothing_needs_no_rate),  cmocka_unit_test(test_an_amount_of_a_day)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
