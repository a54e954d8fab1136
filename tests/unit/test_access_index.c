/* links: pf_app */
/* Members by an id: found, taken out in any order, groups gone with their last one. */
#include "app/access_index.h"
#include "unit/test.h"

static size_t count(const struct access_index *index, const struct uuid *id, const void *owner) {
    struct list *members = access_index_find(index, id);
    size_t n = 0;
    if (!members)
        return 0;
    LIST_FOR_EACH (link, next, members)
        n += LIST_ENTRY(link, struct access_member, link)->owner == owner;
    return n;
}

static void test_found_by_their_id_only(void **state) {
    (void)state;
    struct access_index index;
    struct access_member members[3] = {0};
    const struct uuid one = {{1}}, two = {{2}};
    int owners[3];
    access_index_init(&index);
    assert_int_equal(access_index_add(&index, &one, &owners[0], &members[0]), STATUS_OK);
    assert_int_equal(access_index_add(&index, &one, &owners[1], &members[1]), STATUS_OK);
    assert_int_equal(access_index_add(&index, &two, &owners[2], &members[2]), STATUS_OK);
    assert_int_equal(count(&index, &one, &owners[0]), 1);
    assert_int_equal(count(&index, &one, &owners[1]), 1);
    assert_int_equal(count(&index, &one, &owners[2]), 0);
    assert_int_equal(count(&index, &two, &owners[2]), 1);
    assert_null(access_index_find(&index, &(struct uuid){{3}}));
    access_index_remove(&index, &members[0]);
    access_index_remove(&index, &members[0]);
    assert_int_equal(count(&index, &one, &owners[0]), 0);
    assert_int_equal(count(&index, &one, &owners[1]), 1);
    access_index_remove(&index, &members[1]);
    access_index_remove(&index, &members[2]);
    assert_null(access_index_find(&index, &one));
    assert_int_equal(index.groups.count, 0);
    access_index_fini(&index);
}

static void test_many_come_and_go(void **state) {
    (void)state;
    enum { N = 5000, IDS = 700 };
    static struct access_member members[N];
    struct access_index index;
    access_index_init(&index);
    for (size_t i = 0; i < N; i++) {
        struct uuid id = {{(uint8_t)(i % IDS), (uint8_t)(i % IDS >> 8)}};
        assert_int_equal(access_index_add(&index, &id, &members[i], &members[i]), STATUS_OK);
    }
    assert_int_equal(index.groups.count, IDS);
    for (size_t i = 0; i < N; i++) {
        struct uuid id = {{(uint8_t)(i % IDS), (uint8_t)(i % IDS >> 8)}};
        assert_int_equal(count(&index, &id, &members[i]), 1);
        access_index_remove(&index, &members[i]);
        assert_int_equal(count(&index, &id, &members[i]), 0);
    }
    assert_int_equal(index.groups.count, 0);
    access_index_fini(&index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_by_their_id_only),
        cmocka_unit_test(test_many_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
