/* The hash map against a plain array. links: pf_base */
#include "base/map.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define ITEMS_N 5000

struct item {
    char key[24];
    size_t key_len;
    bool is_in;
};

static struct item items[ITEMS_N];

static void init_items(void) {
    for (size_t i = 0; i < ITEMS_N; i++) {
        /* Lengths on both sides of the hash's eight-byte words. */
        int len = snprintf(items[i].key, sizeof items[i].key, "%.*s%zu", (int)(i % 12), "abcdefghijkl", i);
        items[i].key_len = (size_t)len;
        items[i].is_in = false;
    }
}

static void test_get_of_an_empty_map_finds_nothing(void **state) {
    struct map map;
    size_t at = 0;
    (void)state;
    map_init(&map);
    assert_null(map_get(&map, "a", 1));
    assert_null(map_remove(&map, "a", 1));
    assert_null(map_next(&map, &at));
    map_fini(&map);
}

static void test_put_replaces_key_and_value(void **state) {
    struct map map;
    int first = 1, second = 2;
    char *key = strdup("key"), *same_key = strdup("key");
    void *old = &map;
    (void)state;
    assert_true(key && same_key);
    map_init(&map);
    assert_int_equal(map_put(&map, key, 3, &first, &old), STATUS_OK);
    assert_null(old);
    assert_int_equal(map_put(&map, same_key, 3, &second, &old), STATUS_OK);
    assert_ptr_equal(old, &first);
    assert_int_equal(map.count, 1);
    free(key); /* went with the first value: the map must not look at it again */
    assert_ptr_equal(map_get(&map, "key", 3), &second);
    assert_null(map_get(&map, "ke", 2));
    assert_ptr_equal(map_remove(&map, "key", 3), &second);
    assert_int_equal(map.count, 0);
    map_fini(&map);
    free(same_key);
}

static void test_empty_key_and_binary_keys_are_keys(void **state) {
    struct map map;
    int values[3];
    (void)state;
    map_init(&map);
    assert_int_equal(map_put(&map, "", 0, &values[0], NULL), STATUS_OK);
    assert_int_equal(map_put(&map, "\0", 1, &values[1], NULL), STATUS_OK);
    assert_int_equal(map_put(&map, "\0\0", 2, &values[2], NULL), STATUS_OK);
    assert_ptr_equal(map_get(&map, "", 0), &values[0]);
    assert_ptr_equal(map_get(&map, "\0", 1), &values[1]);
    assert_ptr_equal(map_get(&map, "\0\0", 2), &values[2]);
    map_fini(&map);
}

static void check_against_items(const struct map *map, size_t count) {
    size_t at = 0, seen = 0;
    const struct item *item;
    assert_int_equal(map->count, count);
    while ((item = map_next(map, &at))) {
        assert_true(item->is_in);
        seen++;
    }
    assert_int_equal(seen, count);
    for (size_t i = 0; i < ITEMS_N; i++)
        assert_ptr_equal(map_get(map, items[i].key, items[i].key_len), items[i].is_in ? &items[i] : NULL);
}

static void test_random_changes_agree_with_an_array(void **state) {
    struct map map;
    size_t count = 0;
    unsigned seed = 1;
    (void)state;
    init_items();
    map_init(&map);
    for (int step = 0; step < 200000; step++) {
        struct item *item = &items[(size_t)rand_r(&seed) % ITEMS_N];
        if (rand_r(&seed) % 2) {
            void *old;
            assert_int_equal(map_put(&map, item->key, item->key_len, item, &old), STATUS_OK);
            assert_ptr_equal(old, item->is_in ? item : NULL);
            count += !item->is_in;
            item->is_in = true;
        } else {
            assert_ptr_equal(map_remove(&map, item->key, item->key_len), item->is_in ? item : NULL);
            count -= item->is_in;
            item->is_in = false;
        }
        if (step % 20000 == 0)
            check_against_items(&map, count);
    }
    check_against_items(&map, count);
    map_fini(&map);
}

static void test_coming_and_going_does_not_grow(void **state) {
    struct map map;
    (void)state;
    init_items();
    map_init(&map);
    for (int round = 0; round < 1000; round++) {
        struct item *item = &items[round % ITEMS_N];
        assert_int_equal(map_put(&map, item->key, item->key_len, item, NULL), STATUS_OK);
        assert_ptr_equal(map_remove(&map, item->key, item->key_len), item);
    }
    assert_int_equal(map.count, 0);
    assert_true(map.capacity <= 32); /* tombstones are swept, not kept */
    map_fini(&map);
}

static void test_removal_while_walking_visits_all(void **state) {
    struct map map;
    struct item *item;
    size_t at = 0, seen = 0;
    (void)state;
    init_items();
    map_init(&map);
    for (size_t i = 0; i < ITEMS_N; i++)
        assert_int_equal(map_put(&map, items[i].key, items[i].key_len, &items[i], NULL), STATUS_OK);
    while ((item = map_next(&map, &at))) {
        assert_ptr_equal(map_remove(&map, item->key, item->key_len), item);
        seen++;
    }
    assert_int_equal(seen, ITEMS_N);
    assert_int_equal(map.count, 0);
    map_fini(&map);
}

static void test_each_map_has_a_seed_of_its_own(void **state) {
    struct map a, b;
    (void)state;
    map_init(&a);
    map_init(&b);
    assert_memory_not_equal(a.seed, b.seed, sizeof a.seed);
    map_fini(&a);
    map_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get_of_an_empty_map_finds_nothing),
        cmocka_unit_test(test_put_replaces_key_and_value),
        cmocka_unit_test(test_empty_key_and_binary_keys_are_keys),
        cmocka_unit_test(test_random_changes_agree_with_an_array),
        cmocka_unit_test(test_coming_and_going_does_not_grow),
        cmocka_unit_test(test_removal_while_walking_visits_all),
        cmocka_unit_test(test_each_map_has_a_seed_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
