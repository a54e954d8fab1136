/* What of the load client and of the limit could lie: frames, quantiles, stamps,
 * and the count of what arrives. */
#include "frame_reader.h"
#include "histogram.h"
#include "limit_bus.h"
#include "limit_frames.h"
#include "load.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

static void test_frames_are_read_whole_or_not_at_all(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 125, 126, 127, 900, 65535, 65536};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        size_t payload = lengths[i], header = payload < 126 ? 2 : payload < 65536 ? 4 : 10;
        char *bytes = calloc(1, header + payload + 1);
        assert_non_null(bytes);
        bytes[0] = (char)0x81;
        bytes[1] = (char)(header == 2 ? payload : header == 4 ? 126 : 127);
        for (size_t k = 2; k < header; k++)
            bytes[k] = (char)(payload >> 8 * (header - 1 - k) & 0xff);
        struct frame_view view = {0};
        for (size_t cut = 0; cut < header + payload; cut += 1 + payload / 7)
            assert_int_equal(frame_read(bytes, cut, &view), FRAME_PARTIAL);
        assert_int_equal(view.frame_len, 0);
        assert_int_equal(frame_read(bytes, header + payload + 1, &view), FRAME_WHOLE);
        assert_int_equal(view.opcode, FRAME_TEXT);
        assert_int_equal(view.payload_len, payload);
        assert_int_equal(view.frame_len, header + payload);
        assert_ptr_equal(view.payload, bytes + header);
        free(bytes);
    }
}

static void test_frames_no_server_sends_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *name, *bytes;
        size_t len;
    } rows[] = {{"masked", "\x81\x85mmmmhello", 11},
                {"a reserved bit", "\xc1\x01x", 3},
                {"an unknown opcode", "\x83\x01x", 3},
                {"too long", "\x81\x7f\x00\x00\x01\x00\x00\x00\x00\x00", 10}};
    struct frame_view view;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(frame_read(rows[i].bytes, rows[i].len, &view) == FRAME_REFUSED, rows[i].name);
}

static void test_frames_written_are_masked_with_zeros(void **state) {
    (void)state;
    char payload[300], out[400];
    memset(payload, 'x', sizeof payload);
    assert_int_equal(frame_write(FRAME_TEXT, "hi", 2, out, sizeof out), 8);
    assert_memory_equal(out, "\x81\x82\0\0\0\0hi", 8);
    assert_int_equal(frame_write(FRAME_BINARY, payload, sizeof payload, out, sizeof out), 308);
    assert_memory_equal(out, "\x82\xfe\x01\x2c\0\0\0\0xx", 10);
    assert_int_equal(frame_write(FRAME_TEXT, payload, sizeof payload, out, 307), 0);
}

static void test_quantiles_are_within_a_bucket(void **state) {
    (void)state;
    static const double quantiles[] = {0.1, 0.5, 0.9, 0.99, 0.999};
    static const int64_t counts[] = {1000, 100000, 3000000};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct histogram *histogram = calloc(1, sizeof *histogram);
        assert_non_null(histogram);
        for (int64_t us = 1; us <= counts[i]; us++)
            histogram_add(histogram, us);
        for (size_t k = 0; k < COUNT_OF(quantiles); k++) {
            double exact = quantiles[k] * (double)counts[i];
            double read = (double)histogram_quantile(histogram, quantiles[k]);
            assert_true(read >= exact && read <= exact * 1.035 + 1);
        }
        assert_int_equal(histogram_quantile(histogram, 1), counts[i]);
        assert_int_equal(histogram->max_us, counts[i]);
        free(histogram);
    }
}

static void test_a_quantile_sees_the_rare_late_one(void **state) {
    (void)state;
    static struct histogram histogram;
    for (int i = 0; i < 985; i++)
        histogram_add(&histogram, 10);
    for (int i = 0; i < 15; i++)
        histogram_add(&histogram, 100000);
    assert_int_equal(histogram_quantile(&histogram, 0.5), 10);
    assert_int_equal(histogram_quantile(&histogram, 0.98), 10);
    assert_int_equal(histogram_quantile(&histogram, 0.99), 100000);
}

static void test_the_bus_is_heard_wherever_it_is_cut(void **state) {
    (void)state;
    static const char stream[] =
        "*3\r\n$7\r\nmessage\r\n$9\r\npf:events\r\n$40\r\n{\"epoch\":\"0\",\"seq\":41,\"quotes\":[]}\r\n"
        "{\"portfolio\":\"seq\"}{\"epoch\":\"0\",\"seq\":9007199254740991,\"quotes\":[{}]}\r\n";
    size_t len = sizeof stream - 1;
    for (size_t cut = 0; cut <= len; cut++) {
        char bytes[sizeof stream];
        uint64_t seq = 0;
        size_t kept = limit_bus_scan(stream, cut, &seq);
        assert_true(kept <= cut);
        assert_true(seq == 0 || seq == 41 || seq == 9007199254740991);
        memcpy(bytes, stream + cut - kept, kept + len - cut);
        limit_bus_scan(bytes, kept + len - cut, &seq);
        assert_int_equal(seq, 9007199254740991);
    }
}

static void test_the_limits_frames_are_frames(void **state) {
    (void)state;
    const struct limit_frames_config config = {.buffers_n = 3, .frames_n = 12, .payload_bytes = 150, .rows_n = 3};
    struct limit_frames frames;
    assert_true(limit_frames_init(&frames, &config));
    size_t len = 0;
    const char *bytes = limit_frames_stamped(&frames, 1, 1234, &len);
    assert_int_equal(len, frames.buffer_bytes);
    for (unsigned i = 0; i < config.frames_n; i++) {
        struct frame_view view;
        char head[64];
        int head_len = snprintf(head, sizeof head, "0000000000001234:%u \"current_price\":", i);
        assert_int_equal(frame_read(bytes, frames.buffer_bytes, &view), FRAME_WHOLE);
        assert_int_equal(view.payload_len, 150);
        assert_true(head_len > 0);
        assert_memory_equal(view.payload, head, (size_t)head_len);
        bytes += view.frame_len;
    }
    assert_memory_equal(limit_frames_stamped(&frames, 2, 7, &len) + 4, "0000000000000007:0 ", 19);
    limit_frames_fini(&frames);
    assert_false(limit_frames_init(
        &frames, &(struct limit_frames_config){.buffers_n = 1, .frames_n = 1, .payload_bytes = LIMIT_PAYLOAD_MIN - 1}));
}

/* Lengths vary by less than 32 bytes, the same for all who get a frame, and each frame is whole. */
static void test_the_limits_single_frames_vary(void **state) {
    (void)state;
    const struct limit_frames_config config = {.buffers_n = 2, .frames_n = 1, .payload_bytes = 900, .rows_n = 3};
    struct limit_frames frames;
    size_t seen_n = 0, last_len = 0;
    assert_true(limit_frames_init(&frames, &config));
    for (uint64_t round = 1; round <= 64; round++) {
        struct frame_view view;
        size_t len = 0, again = 0;
        const char *bytes = limit_frames_stamped(&frames, 1, round, &len);
        assert_ptr_equal(limit_frames_stamped(&frames, 1, round, &again), bytes);
        assert_int_equal(len, again);
        assert_true(len <= frames.buffer_bytes && len + 32 > frames.buffer_bytes);
        assert_int_equal(frame_read(bytes, len, &view), FRAME_WHOLE);
        assert_int_equal(view.frame_len, len);
        seen_n += len != last_len;
        last_len = len;
    }
    assert_true(seen_n > 32); /* mostly another one */
    limit_frames_fini(&frames);
}

/* A load of two clients without connections, and with times for the batches. */
struct world {
    struct load load;
    struct stream_client clients[2];
    struct load_slot slots[2 * 10];
};

static struct world *make_world(const char *dialect, unsigned subscriptions_n) {
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    struct load *load = &world->load;
    load->config.dialect = dialect_find(dialect);
    assert_non_null(load->config.dialect);
    load->config.job = (struct dialect_job){.clients_n = 2, .portfolios_n = 20, .subscriptions_n = subscriptions_n};
    load->clients = world->clients;
    load->slots = world->slots;
    world->clients[1].index = 1;
    load->is_measuring = true;
    load->dialect_state = load->config.dialect->open(&load->config.job);
    assert_non_null(load->dialect_state);
    for (uint64_t i = 1; i <= 100; i++) {
        load->publisher.times[i].seq = i;
        load->publisher.times[i].published_us = 1;
    }
    return world;
}

static void free_world(struct world *world) {
    if (world->load.config.dialect->close)
        world->load.config.dialect->close(world->load.dialect_state);
    free(world->load.waiting);
    free(world);
}

static void hear(struct world *world, unsigned client, const char *text) {
    load_take(&world->load, &world->clients[client], text, strlen(text));
}

#define ID "\"portfolio_id\":\"00000000-0000-4000-8000-00000000000"
#define SNAPSHOT(id, seq) "{\"type\":\"snapshot\"," ID id "\",\"cursor\":\"00ff-" seq "-1\",\"data\":{}}"
#define DELTA(id, base, seq, rows)                                                                                     \
    "{\"type\":\"delta\"," ID id "\",\"base\":\"00ff-" base "-1\",\"cursor\":\"00ff-" seq "-1\",\"patch\":{" rows "}}"
#define ROW "\"current_price\":1,"

static void test_deltas_are_counted_with_their_batches_and_rows(void **state) {
    (void)state;
    struct world *world = make_world("portfolio", 1);
    const struct load *load = &world->load;
    hear(world, 0, "{\"type\":\"welcome\"}");
    assert_int_equal(load->live_n, 0);
    hear(world, 0, SNAPSHOT("0", "10"));
    assert_int_equal(load->live_n, 1);
    hear(world, 0, DELTA("0", "10", "11", ROW ROW ROW));
    hear(world, 0, DELTA("0", "11", "14", ROW));
    assert_int_equal(load->counts.updates_n, 2);
    assert_int_equal(load->counts.batches_n, 4);
    assert_int_equal(load->counts.rows_n, 4);
    assert_int_equal(load->counts.sampled_updates_n, 2);
    assert_int_equal(load->latency.n, 4);
    assert_int_equal(load->out_of_step_n, 0);
    hear(world, 0, DELTA("0", "13", "15", ROW));
    assert_int_equal(load->out_of_step_n, 1);
    free_world(world);
}

static void test_each_subscription_has_its_own_cursor(void **state) {
    (void)state;
    struct world *world = make_world("portfolio", 10);
    const struct load *load = &world->load;
    static const char *const snapshots[] = {SNAPSHOT("0", "5"), SNAPSHOT("1", "5"), SNAPSHOT("2", "5"),
                                            SNAPSHOT("3", "5"), SNAPSHOT("4", "5"), SNAPSHOT("5", "5"),
                                            SNAPSHOT("6", "5"), SNAPSHOT("7", "5"), SNAPSHOT("8", "6")};
    for (size_t i = 0; i < COUNT_OF(snapshots); i++)
        hear(world, 1, snapshots[i]);
    assert_int_equal(load->live_n, 0);
    hear(world, 1, SNAPSHOT("9", "7"));
    assert_int_equal(load->live_n, 1);
    hear(world, 1, DELTA("8", "6", "8", ROW));
    hear(world, 1, DELTA("9", "7", "8", ROW));
    assert_int_equal(load->out_of_step_n, 0);
    assert_int_equal(load->counts.batches_n, 3);
    hear(world, 1, "{\"type\":\"delta\",\"base\":\"00ff-8-1\",\"cursor\":\"00ff-9-1\"}");
    assert_int_equal(load->broken_n, 1);
    free_world(world);
}

static void test_arrivals_wait_for_the_publishers_answer(void **state) {
    (void)state;
    struct world *world = make_world("portfolio", 1);
    struct load *load = &world->load;
    hear(world, 0, SNAPSHOT("0", "199"));
    hear(world, 0, DELTA("0", "199", "201", ROW));
    assert_int_equal(load->latency.n, 0);
    load->publisher.times[200].seq = 200;
    load->publisher.times[200].published_us = load->last_update_us - 5;
    load_settle(load);
    assert_int_equal(load->latency.n, 1);
    assert_int_equal(load->latency.max_us, 5);
    load->publisher.times[201].seq = 201;
    load->publisher.times[201].published_us = load->last_update_us - 3;
    load_settle(load);
    assert_int_equal(load->latency.n, 2);
    assert_int_equal(load->waiting_n, 0);
    free_world(world);
}

static void test_plain_frames_begin_with_their_stamp(void **state) {
    (void)state;
    struct world *world = make_world("plain", 10);
    const struct load *load = &world->load;
    hear(world, 0, "0000000000000007:3 x");
    hear(world, 0, "0000000000000009:3 x");
    hear(world, 0, "{\"rows\":[],\"seq\": 8}");
    assert_int_equal(world->slots[3].stamp, 9);
    assert_int_equal(world->slots[0].stamp, 8);
    assert_int_equal(load->counts.updates_n, 3);
    hear(world, 0, "0000000000000008:3 x");
    assert_int_equal(load->out_of_step_n, 1);
    free_world(world);
}

static void test_templates_of_the_plain_dialect(void **state) {
    (void)state;
    struct dialect_job job = {.clients_n = 9,
                              .portfolios_n = 4,
                              .subscriptions_n = 1,
                              .path = "/a/{client}/{index}/{x}",
                              .hello = "{\"id\":\"{portfolio}\"}"};
    const struct dialect *plain = dialect_find("plain");
    struct dialect_message message;
    char path[64];
    assert_true(plain->write_path(&job, 6, path, sizeof path));
    assert_string_equal(path, "/a/6/2/{x}");
    assert_false(plain->write_path(&job, 6, path, 10));
    assert_true(plain->begin(&job, 6, 0, &message));
    assert_int_equal(message.len, 45);
    assert_memory_equal(message.bytes, "{\"id\":\"00000000-0000-4000-8000-000000000002\"}", 45);
    job.hello = NULL;
    assert_false(plain->begin(&job, 6, 0, &message));
}

static void test_households_watch_the_same_ten(void **state) {
    (void)state;
    const struct dialect_job job = {.clients_n = 40, .portfolios_n = 40, .subscriptions_n = 10};
    for (unsigned client = 0; client < 40; client++)
        for (unsigned slot = 0; slot < 10; slot++)
            assert_int_equal(dialect_portfolio_of(&job, client, slot), client / 10 * 10 + slot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_are_read_whole_or_not_at_all),
        cmocka_unit_test(test_frames_no_server_sends_are_refused),
        cmocka_unit_test(test_frames_written_are_masked_with_zeros),
        cmocka_unit_test(test_quantiles_are_within_a_bucket),
        cmocka_unit_test(test_a_quantile_sees_the_rare_late_one),
        cmocka_unit_test(test_the_bus_is_heard_wherever_it_is_cut),
        cmocka_unit_test(test_the_limits_frames_are_frames),
        cmocka_unit_test(test_the_limits_single_frames_vary),
        cmocka_unit_test(test_deltas_are_counted_with_their_batches_and_rows),
        cmocka_unit_test(test_each_subscription_has_its_own_cursor),
        cmocka_unit_test(test_arrivals_wait_for_the_publishers_answer),
        cmocka_unit_test(test_plain_frames_begin_with_their_stamp),
        cmocka_unit_test(test_templates_of_the_plain_dialect),
        cmocka_unit_test(test_households_watch_the_same_ten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
