/* links: pf_app pf_store pf_feed pf_net pf_protocol pf_domain pf_thread pf_ops pf_base */
/* The watchers of a portfolio: none, one, many, and back. */
#include "app/subscription.h"
#include "app/watchers.h"
#include "test.h"

#define MANY 100u

static struct subscription subscriptions[MANY];

/* Exactly those of `is_in`, each at the place that it knows. */
static void assert_holds(const struct watchers *watchers, const bool *is_in) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        if (!is_in[i])
            continue;
        n++;
        assert_true(subscriptions[i].watcher_at < watchers->n);
        assert_ptr_equal(watchers_at(watchers, subscriptions[i].watcher_at), &subscriptions[i]);
    }
    assert_int_equal(watchers->n, n);
}

static void test_come_and_go(void **state) {
    (void)state;
    struct watchers watchers = {0};
    bool is_in[MANY] = {false};
    for (unsigned round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < MANY; i++) {
            assert_int_equal(watchers_add(&watchers, &subscriptions[i]), STATUS_OK);
            is_in[i] = true;
            assert_holds(&watchers, is_in);
        }
        for (uint32_t i = 0; i < MANY; i++) {
            uint32_t at = i * 37 % MANY; /* in another order */
            watchers_remove(&watchers, &subscriptions[at]);
            is_in[at] = false;
            assert_holds(&watchers, is_in);
        }
        assert_int_equal(watchers.capacity, 0);
    }
}

static void test_one_needs_no_memory(void **state) {
    (void)state;
    struct watchers watchers = {0};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(watchers_add(&watchers, &subscriptions[i]), STATUS_OK);
        assert_int_equal(watchers.capacity, 0);
        assert_ptr_equal(watchers_at(&watchers, 0), &subscriptions[i]);
        watchers_remove(&watchers, &subscriptions[i]);
        assert_int_equal(watchers.n, 0);
    }
}

static void test_forgotten_at_once(void **state) {
    (void)state;
    struct watchers watchers = {0};
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(watchers_add(&watchers, &subscriptions[i]), STATUS_OK);
    watchers_fini(&watchers);
    assert_int_equal(watchers.n, 0);
    watchers_fini(&watchers);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_come_and_go),
        cmocka_unit_test(test_one_needs_no_memory),
        cmocka_unit_test(test_forgotten_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
