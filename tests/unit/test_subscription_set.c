/* links: pf_app pf_store pf_feed pf_net pf_protocol pf_domain pf_thread pf_ops pf_base */
/* A session's subscriptions by their portfolio: a few, and many. */
#include "app/subscription.h"
#include "app/subscription_set.h"
#include "test.h"

#define MANY 100

static struct held_portfolio portfolios[MANY];
static struct subscription subscriptions[MANY];

static int set_up(void **state) {
    (void)state;
    memset(portfolios, 0, sizeof portfolios);
    memset(subscriptions, 0, sizeof subscriptions);
    for (size_t i = 0; i < MANY; i++) {
        portfolios[i].id.bytes[0] = (uint8_t)i;
        portfolios[i].id.bytes[15] = 7;
        subscriptions[i].held = &portfolios[i];
    }
    return 0;
}

/* Exactly those of `is_in` are found, and counted, and in the list in the order they came. */
static void assert_holds(const struct subscription_set *set, const bool *is_in) {
    size_t n = 0;
    for (size_t i = 0; i < MANY; i++) {
        assert_ptr_equal(subscription_set_find(set, &portfolios[i].id), is_in[i] ? &subscriptions[i] : NULL);
        n += is_in[i] ? 1 : 0;
    }
    assert_int_equal(set->n, n);
    LIST_FOR_EACH (link, next, &set->list)
        n--;
    assert_int_equal(n, 0);
}

static void test_found_however_many(void **state) {
    (void)state;
    struct subscription_set set;
    bool is_in[MANY] = {false};
    subscription_set_init(&set);
    assert_holds(&set, is_in);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(subscription_set_add(&set, &subscriptions[i]), STATUS_OK);
        is_in[i] = true;
        assert_holds(&set, is_in);
        assert_int_equal(set.table != NULL, i >= SUBSCRIPTION_SET_LISTED_MAX);
    }
    for (size_t i = 0; i < MANY; i++) {
        size_t at = i * 37 % MANY; /* in another order */
        subscription_set_remove(&set, &subscriptions[at]);
        is_in[at] = false;
        assert_holds(&set, is_in);
    }
    subscription_set_fini(&set);
}

static void test_a_few_come_and_go_without_a_table(void **state) {
    (void)state;
    struct subscription_set set;
    bool is_in[MANY] = {false};
    subscription_set_init(&set);
    for (size_t i = 0; i < 3 * (size_t)MANY; i++) {
        struct subscription *subscription = &subscriptions[i % MANY];
        if (set.n == SUBSCRIPTION_SET_LISTED_MAX) {
            size_t oldest = (i - SUBSCRIPTION_SET_LISTED_MAX) % MANY;
            subscription_set_remove(&set, &subscriptions[oldest]);
            is_in[oldest] = false;
        }
        assert_int_equal(subscription_set_add(&set, subscription), STATUS_OK);
        is_in[i % MANY] = true;
        assert_holds(&set, is_in);
    }
    assert_null(set.table);
    while (set.n > 0)
        subscription_set_remove(&set, LIST_ENTRY(list_first(&set.list), struct subscription, session_link));
    subscription_set_fini(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_found_however_many, set_up),
        cmocka_unit_test_setup(test_a_few_come_and_go_without_a_table, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
