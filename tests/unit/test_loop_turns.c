/* links: pf_net pf_ops pf_base */
/* A loop counts the turns in which it kept everybody else waiting. */
#include "ops/metrics.h"
#include "unit/loop_fixture.h"

static int64_t busy_us;

static void on_request(void *context, struct http_request *request) {
    (void)context;
    int64_t until_us = clock_precise_us() + busy_us;
    while (clock_precise_us() < until_us)
        continue;
    http_respond(request, &(struct http_response){.status = 204});
}

static int64_t counts[3];

static void note_counts(void) {
    counts[0] = metrics_get(METRIC_TURNS_OVER_1);
    counts[1] = metrics_get(METRIC_TURNS_OVER_5);
    counts[2] = metrics_get(METRIC_TURNS_OVER_20);
}

/* Other turns may be long as well: the machine has other work. */
static void test_long_turns_are_counted(void **state) {
    (void)state;
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct loop_config config = fixture_config(clock_system());
    config.http.on_request = on_request;
    struct loop *loop = fixture_loop(&config);
    for (size_t over = 0; over < 3; over++) {
        static const int64_t us[] = {1500, 6000, 21000};
        struct raw_client client;
        note_counts();
        busy_us = us[over];
        (void)client_ask(loop, &client, request, sizeof request - 1);
        client_close(&client);
        fixture_turn(loop); /* the turn ends where the next wait begins */
        assert_true(metrics_get(METRIC_TURNS_OVER_1) > counts[0]);
        assert_true(over < 1 || metrics_get(METRIC_TURNS_OVER_5) > counts[1]);
        assert_true(over < 2 || metrics_get(METRIC_TURNS_OVER_20) > counts[2]);
    }
    loop_destroy(&loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_long_turns_are_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
