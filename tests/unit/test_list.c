/* The intrusive list. links: pf_base */
#include "base/list.h"
#include "unit/test.h"

struct item {
    char name;
    struct list_link link;
};

static struct item items[] = {{'a', {0}}, {'b', {0}}, {'c', {0}}, {'d', {0}}};

static void setup_items(struct list *list, size_t n) {
    list_init(list);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        list_link_init(&items[i].link);
    for (size_t i = 0; i < n; i++)
        list_push_back(list, &items[i].link);
}

static void assert_names(const struct list *list, const char *expected) {
    char names[16];
    size_t n = 0;
    LIST_FOR_EACH (link, next, list) {
        assert_true(n < sizeof names - 1);
        names[n++] = LIST_ENTRY(link, struct item, link)->name;
    }
    names[n] = '\0';
    assert_string_equal(names, expected);
}

static void test_push_keeps_the_order(void **state) {
    struct list list;
    (void)state;
    setup_items(&list, 0);
    assert_true(list_is_empty(&list));
    assert_null(list_first(&list));
    setup_items(&list, 3);
    list_push_front(&list, &items[3].link);
    assert_names(&list, "dabc");
    assert_ptr_equal(list_first(&list), &items[3].link);
}

static void test_remove_of_an_unlinked_entry_does_nothing(void **state) {
    struct list list;
    (void)state;
    setup_items(&list, 3);
    list_remove(&items[3].link);
    list_remove(&items[1].link);
    list_remove(&items[1].link);
    assert_false(list_link_is_linked(&items[1].link));
    assert_true(list_link_is_linked(&items[2].link));
    assert_names(&list, "ac");
}

static void test_current_entry_may_go_while_walking(void **state) {
    struct list list;
    (void)state;
    setup_items(&list, 4);
    LIST_FOR_EACH (link, next, &list) {
        if (link != &items[2].link)
            list_remove(link);
    }
    assert_names(&list, "c");
}

static void test_splice_moves_all(void **state) {
    struct list list, other;
    (void)state;
    setup_items(&list, 2);
    list_init(&other);
    list_splice_back(&list, &other);
    assert_names(&list, "ab");
    list_push_back(&other, &items[2].link);
    list_push_back(&other, &items[3].link);
    list_splice_back(&list, &other);
    assert_names(&list, "abcd");
    assert_true(list_is_empty(&other));
    list_splice_back(&other, &list);
    assert_names(&other, "abcd");
    assert_true(list_is_empty(&list));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_push_keeps_the_order),
        cmocka_unit_test(test_remove_of_an_unlinked_entry_does_nothing),
        cmocka_unit_test(test_current_entry_may_go_while_walking),
        cmocka_unit_test(test_splice_moves_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
