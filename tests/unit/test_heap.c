/* The heap of deadlines against a search through all entries. links: pf_base */
#include "base/heap.h"
#include "unit/test.h"

#include <stdlib.h>

#define TIMERS_N 300

struct timer {
    int number;
    struct heap_entry entry;
};

static struct timer timers[TIMERS_N];

static int64_t earliest_by_search(void) {
    int64_t earliest = INT64_MAX;
    for (size_t i = 0; i < TIMERS_N; i++)
        if (heap_entry_is_set(&timers[i].entry) && timers[i].entry.deadline_ms < earliest)
            earliest = timers[i].entry.deadline_ms;
    return earliest;
}

/* Each entry knows its place, and none is earlier than the one above it. */
static void check_order(const struct heap *heap) {
    for (size_t i = 0; i < heap->count; i++) {
        assert_int_equal(heap->entries[i]->place, i + 1);
        assert_true(i == 0 || heap->entries[(i - 1) / 2]->deadline_ms <= heap->entries[i]->deadline_ms);
    }
}

static void test_empty_heap_has_no_first(void **state) {
    struct heap heap;
    struct heap_entry entry = {0};
    (void)state;
    heap_init(&heap);
    assert_null(heap_first(&heap));
    heap_remove(&heap, &entry);
    assert_int_equal(heap.count, 0);
    heap_fini(&heap);
}

static void test_random_changes_keep_the_earliest_on_top(void **state) {
    struct heap heap;
    unsigned seed = 3;
    (void)state;
    memset(timers, 0, sizeof timers);
    heap_init(&heap);
    for (int step = 0; step < 20000; step++) {
        struct timer *timer = &timers[(size_t)rand_r(&seed) % TIMERS_N];
        if (rand_r(&seed) % 3)
            assert_int_equal(heap_set(&heap, &timer->entry, rand_r(&seed) % 1000 - 500), STATUS_OK);
        else
            heap_remove(&heap, &timer->entry);
        check_order(&heap);
        const struct heap_entry *first = heap_first(&heap);
        assert_true((first ? first->deadline_ms : INT64_MAX) == earliest_by_search());
    }
    heap_fini(&heap);
    for (size_t i = 0; i < TIMERS_N; i++)
        assert_false(heap_entry_is_set(&timers[i].entry));
}

static void test_taking_the_first_sorts(void **state) {
    struct heap heap;
    struct heap_entry *first;
    int64_t last = INT64_MIN;
    size_t taken = 0;
    unsigned seed = 4;
    (void)state;
    memset(timers, 0, sizeof timers);
    heap_init(&heap);
    for (int i = 0; i < TIMERS_N; i++) {
        timers[i].number = i;
        assert_int_equal(heap_set(&heap, &timers[i].entry, rand_r(&seed) % 100), STATUS_OK);
    }
    while ((first = heap_first(&heap))) {
        const struct timer *timer = HEAP_ENTRY(first, struct timer, entry);
        assert_ptr_equal(timer, &timers[timer->number]);
        assert_true(first->deadline_ms >= last);
        last = first->deadline_ms;
        heap_remove(&heap, first);
        taken++;
    }
    assert_int_equal(taken, TIMERS_N);
    heap_fini(&heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_heap_has_no_first),
        cmocka_unit_test(test_random_changes_keep_the_earliest_on_top),
        cmocka_unit_test(test_taking_the_first_sorts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
