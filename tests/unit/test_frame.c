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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_holds_a_copy_behind_the_headroom),
        cmocka_unit_test(test_frame_may_be_empty),
        cmocka_unit_test(test_frame_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
