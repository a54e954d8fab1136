/* Frames: copy, headroom, references. links: pf_base */
#include "base/frame.h"
#include "unit/test.h"

static void test_frame_holds_a_copy_behind_the_headroom(void **state) {
    struct frame *frame, *second;
    char payload[] = "payload";
    (void)state;
    assert_int_equal(frame_create(payload, sizeof payload, &frame), STATUS_OK);
    payload[0] = '-';
    assert_int_equal(frame->len, sizeof payload);
    assert_string_equal((char *)frame_payload(frame), "payload");
    memset(frame->bytes, 0xff, FRAME_HEADROOM); /* the transport's to write */
    assert_string_equal((char *)frame_payload(frame), "payload");
    second = frame_ref(frame);
    frame_unref(&frame);
    assert_null(frame);
    assert_string_equal((char *)frame_payload(second), "payload");
    frame_unref(&second);
    assert_null(second);
    frame_unref(&second);
}

static void test_frame_may_be_empty(void **state) {
    struct frame *frame;
    (void)state;
    assert_int_equal(frame_create(NULL, 0, &frame), STATUS_OK);
    assert_int_equal(frame->len, 0);
    frame_unref(&frame);
}

static void test_frame_too_large_is_refused(void **state) {
    struct frame *frame = NULL;
    (void)state;
    assert_int_equal(frame_create("", SIZE_MAX - 8, &frame), STATUS_NO_MEMORY);
    assert_null(frame);
}

static struct frame *write_frame(struct frame_pool *pool, const char *payload, size_t len) {
    struct strbuf text;
    struct frame *frame = NULL;
    frame_begin(pool, &text);
    strbuf_append(&text, payload, len);
    assert_int_equal(frame_end(pool, &text, &frame), STATUS_OK);
    assert_null(text.data);
    assert_int_equal(frame->len, len);
    assert_memory_equal(frame_payload(frame), payload, len);
    return frame;
}

static void test_frame_is_written_in_place(void **state) {
    static char large[100000];
    struct frame_pool *pool;
    struct strbuf text;
    (void)state;
    memset(large, 'x', sizeof large);
    assert_int_equal(frame_pool_create(&pool), STATUS_OK);
    frame_begin(pool, &text);
    STRBUF_LITERAL(&text, "given up");
    frame_cancel(pool, &text);
    assert_null(text.data);
    struct frame *frame = write_frame(pool, "first", 5), *second = write_frame(NULL, "second", 6);
    const void *memory = frame;
    memset(frame->bytes, 0xff, FRAME_HEADROOM); /* the transport's to write */
    assert_memory_equal(frame_payload(frame), "first", 5);
    frame_unref(&frame);
    frame_unref(&second);
    frame = write_frame(pool, "third", 5);
    assert_ptr_equal(frame, memory);
    struct frame *grown = write_frame(pool, large, sizeof large);
    frame_unref(&frame);
    frame_unref(&grown); /* too large to be kept */
    frame = write_frame(pool, large, 10);
    assert_ptr_equal(frame, memory);
    frame_pool_destroy(&pool);
    assert_null(pool);
    assert_memory_equal(frame_payload(frame), large, 10); /* outlives the pool */
    frame_unref(&frame);
    frame_pool_destroy(&pool);
}

static void test_pool_keeps_a_bounded_number(void **state) {
    struct frame *frames[FRAME_POOL_N * 2];
    struct frame_pool *pool;
    (void)state;
    assert_int_equal(frame_pool_create(&pool), STATUS_OK);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT_OF(frames); i++)
            frames[i] = write_frame(pool, "payload", 7);
        for (size_t i = 0; i < COUNT_OF(frames); i++)
            frame_unref(&frames[i]);
    }
    frame_pool_destroy(&pool);
}

static void test_frame_that_failed_is_refused(void **state) {
    struct frame_pool *pool;
    struct strbuf text;
    struct frame *frame = NULL;
    (void)state;
    assert_int_equal(frame_pool_create(&pool), STATUS_OK);
    frame_begin(pool, &text);
    assert_null(strbuf_reserve(&text, SIZE_MAX / 2));
    assert_int_equal(frame_end(pool, &text, &frame), STATUS_NO_MEMORY);
    assert_null(frame);
    assert_null(text.data);
    frame_pool_destroy(&pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_holds_a_copy_behind_the_headroom),
        cmocka_unit_test(test_frame_may_be_empty),
        cmocka_unit_test(test_frame_too_large_is_refused),
        cmocka_unit_test(test_frame_is_written_in_place),
        cmocka_unit_test(test_pool_keeps_a_bounded_number),
        cmocka_unit_test(test_frame_that_failed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
