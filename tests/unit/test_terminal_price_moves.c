/* links: pf_terminal pf_protocol pf_ops pf_base */
/* Which rows flash, and for how long; and the line of totals. */
#include "protocol/json_exact.h"
#include "terminal/price_moves.h"
#include "terminal/summary.h"
#include "unit/test.h"

#include <stdio.h>

static json_t *parse(const char *text) {
    json_t *value = NULL;
    char error[100];
    assert_int_equal(json_exact_parse(text, strlen(text), &value, error, sizeof error), STATUS_OK);
    return value;
}

static void take(struct price_moves *moves, const char *text, int64_t now_ms) {
    json_t *data = parse(text);
    price_moves_take(moves, data, now_ms);
    json_decref(data);
}

static void test_moves(void **state) {
    struct price_moves moves;
    (void)state;
    price_moves_init(&moves);
    take(&moves, "{\"positions\":{\"A\":{\"current_price\":1},\"B\":{\"current_price\":5},\"C\":{}}}", 1000);
    assert_int_equal(price_moves_of(&moves, "A", 1000), 0); /* the first one moves nothing */
    assert_int_equal(moves.last_until_ms, 0);
    take(&moves, "{\"positions\":{\"A\":{\"current_price\":1.00000001},\"B\":{\"current_price\":4}}}", 1000);
    assert_int_equal(price_moves_of(&moves, "A", 1000), 1);
    assert_int_equal(price_moves_of(&moves, "B", 1000 + PRICE_MOVES_SHOWN_MS - 1), -1);
    assert_int_equal(price_moves_of(&moves, "B", 1000 + PRICE_MOVES_SHOWN_MS), 0);
    assert_int_equal(price_moves_of(&moves, "C", 1000), 0);
    assert_int_equal(price_moves_of(&moves, "D", 1000), 0);
    assert_int_equal(moves.last_until_ms, 1000 + PRICE_MOVES_SHOWN_MS);
    take(&moves, "{\"positions\":{\"A\":{\"current_price\":1.000000010},\"B\":{\"current_price\":4}}}", 9000);
    assert_int_equal(price_moves_of(&moves, "A", 9000), 0); /* the same number */
    price_moves_fini(&moves);
}

/* Rows that come and go do not gather. */
static void test_moves_are_bounded(void **state) {
    struct price_moves moves;
    (void)state;
    price_moves_init(&moves);
    for (unsigned i = 0; i < 1000; i++) {
        char text[100];
        (void)snprintf(text, sizeof text, "{\"positions\":{\"T%u\":{\"current_price\":1}}}", i);
        take(&moves, text, 0);
        assert_true(moves.rows.count <= 104);
    }
    take(&moves, "{\"positions\":{\"A\":{\"current_price\":\"x\"},\"B\":7}}", 0);
    take(&moves, "[]", 0);
    price_moves_fini(&moves);
}

static void test_totals(void **state) {
    struct summary_part parts[SUMMARY_PARTS_MAX];
    json_t *data = parse("{\"totals\":{\"total_value\":12345.678,\"gain_loss\":-0.001,\"gain_loss_percent\":-1.25,"
                         "\"day_change\":3,\"unpriced\":0,\"cash_balance\":\"x\"}}");
    (void)state;
    assert_int_equal(summary_parts(data, false, parts), 3);
    assert_string_equal(parts[0].heading, "VALUE");
    assert_string_equal(parts[0].text, "12,345.68");
    assert_string_equal(parts[1].text, "0.00 (-1.25%)");
    assert_int_equal(parts[1].tone, -1);
    assert_string_equal(parts[2].text, "3.00");
    assert_int_equal(parts[2].tone, 1);
    assert_int_equal(summary_parts(data, true, parts), 3);
    assert_string_equal(parts[0].text, "12,345.678");
    json_decref(data);
    assert_int_equal(summary_parts(NULL, false, parts), 0);
    data = parse("{\"totals\":{\"unpriced\":2}}");
    assert_int_equal(summary_parts(data, false, parts), 1);
    assert_string_equal(parts[0].text, "2");
    json_decref(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_moves_are_bounded),
        cmocka_unit_test(test_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
