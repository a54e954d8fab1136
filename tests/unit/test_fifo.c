/* links: pf_base */
/* The queue against a plain array, under random pushes, pops and removals. */
#include "base/fifo.h"
#include "test.h"

#include <stdlib.h>

#define ENTRIES_N 200u
#define STEPS 200000

static struct fifo_entry entries[ENTRIES_N];

/* What must be in the queue, in its order. */
struct model {
    uint32_t at[ENTRIES_N], n;
};

static uint32_t place_of(const struct model *model, uint32_t entry) {
    uint32_t at = 0;
    while (at < model->n && model->at[at] != entry)
        at++;
    return at;
}

static void take_out(struct model *model, uint32_t at) {
    memmove(&model->at[at], &model->at[at + 1], (model->n - at - 1) * sizeof model->at[0]);
    model->n--;
}

static void push(struct fifo *fifo, struct model *model, uint32_t entry) {
    fifo_push(fifo, &entries[entry]);
    if (place_of(model, entry) == model->n)
        model->at[model->n++] = entry;
}

static void pop(struct fifo *fifo, struct model *model) {
    struct fifo_entry *first = fifo_pop(fifo);
    if (model->n == 0) {
        assert_null(first);
        return;
    }
    assert_ptr_equal(first, &entries[model->at[0]]);
    take_out(model, 0);
}

static void remove_one(struct fifo *fifo, struct model *model, uint32_t entry) {
    fifo_remove(fifo, &entries[entry]);
    if (place_of(model, entry) < model->n)
        take_out(model, place_of(model, entry));
}

/* Looking ahead meets the same entries in the same order, with gaps at most. */
static void assert_same(const struct fifo *fifo, const struct model *model) {
    uint32_t found = 0;
    assert_int_equal(fifo->n, model->n);
    for (uint32_t ahead = 0; ahead < fifo->capacity; ahead++) {
        const struct fifo_entry *entry = fifo_peek(fifo, ahead);
        if (entry)
            assert_ptr_equal(entry, &entries[model->at[found++]]);
    }
    assert_int_equal(found, model->n);
    for (uint32_t i = 0; i < ENTRIES_N; i++)
        assert_int_equal(fifo_is_in(&entries[i]), place_of(model, i) < model->n);
}

static void test_like_an_array(void **state) {
    (void)state;
    struct fifo fifo;
    struct model model = {.n = 0};
    uint32_t reserved = 3;
    fifo_init(&fifo);
    assert_int_equal(fifo_reserve(&fifo, reserved), STATUS_OK);
    srand(7);
    for (unsigned step = 0; step < STEPS; step++) {
        uint32_t entry = (uint32_t)rand() % reserved;
        int action = rand() % 10;
        if (action < 5)
            push(&fifo, &model, entry);
        else if (action < 8)
            remove_one(&fifo, &model, entry);
        else
            pop(&fifo, &model);
        if (step % 1000 == 0 && reserved < ENTRIES_N)
            assert_int_equal(fifo_reserve(&fifo, ++reserved), STATUS_OK);
        if (step % 97 == 0)
            assert_same(&fifo, &model);
    }
    assert_int_equal(reserved, ENTRIES_N);
    fifo_fini(&fifo);
    model.n = 0;
    assert_same(&fifo, &model);
}

/* The counts of pushes wrap. */
static void test_after_four_billion_pushes(void **state) {
    (void)state;
    struct fifo fifo;
    struct model model = {.n = 0};
    fifo_init(&fifo);
    assert_int_equal(fifo_reserve(&fifo, 5), STATUS_OK);
    fifo.first = fifo.end = UINT32_MAX - 20;
    for (uint32_t i = 0; i < 60; i++) {
        push(&fifo, &model, i % 5);
        if (i % 3 == 0)
            remove_one(&fifo, &model, (i + 2) % 5);
        if (i % 2 == 0)
            pop(&fifo, &model);
        assert_same(&fifo, &model);
    }
    assert_true(fifo.end < 100);
    fifo_fini(&fifo);
}

static void test_nothing_from_nothing(void **state) {
    (void)state;
    struct fifo fifo;
    struct fifo_entry entry = {0};
    fifo_init(&fifo);
    assert_null(fifo_pop(&fifo));
    assert_null(fifo_peek(&fifo, 0));
    fifo_remove(&fifo, &entry);
    assert_int_equal(fifo_reserve(&fifo, UINT32_MAX), STATUS_NO_MEMORY);
    fifo_fini(&fifo);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_like_an_array),
        cmocka_unit_test(test_after_four_billion_pushes),
        cmocka_unit_test(test_nothing_from_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
