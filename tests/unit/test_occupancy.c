/* links: pf_thread pf_base */
/* Counts of what is open, with bounds; and from several threads. */
#include "test.h"
#include "thread/occupancy.h"

#include <pthread.h>

static const struct occupancy_key ada = {{1}}, bob = {{2}};

static struct occupancy *created(size_t max, size_t max_per_key) {
    struct occupancy *occupancy = NULL;
    assert_int_equal(occupancy_create(max, max_per_key, &occupancy), STATUS_OK);
    return occupancy;
}

static void test_bounds_of_each_and_of_all(void **state) {
    (void)state;
    struct occupancy *occupancy = created(3, 2);
    assert_int_equal(occupancy_enter(occupancy, &ada), OCCUPANCY_OK);
    assert_int_equal(occupancy_enter(occupancy, &ada), OCCUPANCY_OK);
    assert_int_equal(occupancy_enter(occupancy, &ada), OCCUPANCY_KEY_FULL);
    assert_int_equal(occupancy_enter(occupancy, &bob), OCCUPANCY_OK);
    assert_int_equal(occupancy_enter(occupancy, &bob), OCCUPANCY_FULL);
    assert_int_equal(occupancy_enter(occupancy, NULL), OCCUPANCY_FULL);
    assert_int_equal(occupancy_n(occupancy), 3);
    occupancy_leave(occupancy, &ada);
    assert_int_equal(occupancy_enter(occupancy, NULL), OCCUPANCY_OK);
    occupancy_leave(occupancy, NULL);
    assert_int_equal(occupancy_enter(occupancy, &ada), OCCUPANCY_OK);
    occupancy_leave(occupancy, &ada);
    occupancy_leave(occupancy, &ada);
    occupancy_leave(occupancy, &bob);
    assert_int_equal(occupancy_n(occupancy), 0);
    assert_int_equal(occupancy_keys_n(occupancy), 0);
    occupancy_destroy(&occupancy);
    assert_null(occupancy);
}

static void test_one_that_is_in_comes_under_a_key(void **state) {
    (void)state;
    struct occupancy *occupancy = created(2, 1);
    assert_int_equal(occupancy_enter(occupancy, NULL), OCCUPANCY_OK);
    assert_int_equal(occupancy_claim(occupancy, &ada), OCCUPANCY_OK);
    assert_int_equal(occupancy_claim(occupancy, &ada), OCCUPANCY_KEY_FULL);
    assert_int_equal(occupancy_enter(occupancy, &ada), OCCUPANCY_KEY_FULL);
    assert_int_equal(occupancy_n(occupancy), 1);
    occupancy_unclaim(occupancy, &ada);
    assert_int_equal(occupancy_n(occupancy), 1);
    assert_int_equal(occupancy_enter(occupancy, &ada), OCCUPANCY_OK);
    occupancy_destroy(&occupancy);
}

static void test_no_bounds(void **state) {
    (void)state;
    struct occupancy *occupancy = created(0, 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(occupancy_enter(occupancy, &ada), OCCUPANCY_OK);
    assert_int_equal(occupancy_n(occupancy), 1000);
    assert_int_equal(occupancy_keys_n(occupancy), 0);
    for (int i = 0; i < 1000; i++)
        occupancy_leave(occupancy, &ada);
    assert_int_equal(occupancy_n(occupancy), 0);
    occupancy_destroy(&occupancy);
}

enum { THREADS = 4, TURNS = 20000 };

static void *come_and_go(void *argument) {
    struct occupancy *occupancy = argument;
    for (int i = 0; i < TURNS; i++) {
        const struct occupancy_key *key = i % 2 ? &ada : &bob;
        if (occupancy_enter(occupancy, key) == OCCUPANCY_OK)
            occupancy_leave(occupancy, key);
    }
    return NULL;
}

static void test_from_several_threads(void **state) {
    (void)state;
    struct occupancy *occupancy = created(3, 2);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, occupancy), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(occupancy_n(occupancy), 0);
    assert_int_equal(occupancy_keys_n(occupancy), 0);
    occupancy_destroy(&occupancy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_of_each_and_of_all),
        cmocka_unit_test(test_one_that_is_in_comes_under_a_key),
        cmocka_unit_test(test_no_bounds),
        cmocka_unit_test(test_from_several_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
