/* links: pf_feed pf_thread pf_domain pf_ops pf_base */
/* Questions, answers and what else takes no number: written and read again, and
 * everything else refused. */
#include "feed/ask_codec.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <stdlib.h>

static void assert_text(struct strbuf *text, const char *expected) {
    assert_string_equal(strbuf_text(text), expected);
    strbuf_clear(text);
}

static void test_written(void **state) {
    (void)state;
    const struct symbol symbols[] = {sample_symbol("AAPL"), sample_symbol("EUR/USD")};
    const struct answered_symbol answers[] = {{symbols[0], ASK_FRESH},     {symbols[1], ASK_UNKNOWN},
                                              {symbols[0], ASK_THROTTLED}, {symbols[1], ASK_REFUSED},
                                              {symbols[0], ASK_FAILED},    {symbols[1], ASK_UNAVAILABLE}};
    const struct bus_epoch epoch = {"0123456789abcdef"};
    struct strbuf text;
    strbuf_init(&text);
    bus_ask_write_json(&text, symbols, 2);
    assert_text(&text, "{\"ask\":[\"AAPL\",\"EUR/USD\"]}");
    bus_forget_write_json(&text, symbols, 1);
    assert_text(&text, "{\"forget\":[\"AAPL\"]}");
    bus_forget_write_json(&text, NULL, 0);
    assert_text(&text, "{\"forget\":[]}");
    bus_answered_write_json(&text, answers, 6);
    assert_text(&text, "{\"answered\":[{\"symbol\":\"AAPL\",\"status\":\"fresh\"},"
                       "{\"symbol\":\"EUR/USD\",\"status\":\"unknown\"},"
                       "{\"symbol\":\"AAPL\",\"status\":\"throttled\"},"
                       "{\"symbol\":\"EUR/USD\",\"status\":\"refused\"},"
                       "{\"symbol\":\"AAPL\",\"status\":\"failed\"},"
                       "{\"symbol\":\"EUR/USD\",\"status\":\"unavailable\"}]}");
    bus_restored_write_json(&text, &epoch);
    assert_text(&text, "{\"restored\":\"0123456789abcdef\"}");
    bus_access_write_json(&text, &(struct uuid){{0xab, 1}});
    assert_text(&text, "{\"access\":\"ab010000-0000-0000-0000-000000000000\"}");
    strbuf_fini(&text);
}

static struct bus_message message_read(const char *text) {
    struct bus_message message;
    assert_row(bus_message_parse(text, strlen(text), &message) == STATUS_OK, text);
    return message;
}

static void test_read(void **state) {
    (void)state;
    struct bus_message message = message_read("{\"ask\":[\"aapl\",\"EUR\\/USD\"]}");
    assert_int_equal(message.type, BUS_MESSAGE_ASK);
    assert_int_equal(message.symbols_n, 2);
    assert_string_equal(message.symbols[0].text, "AAPL");
    assert_string_equal(message.symbols[1].text, "EUR/USD");
    bus_message_fini(&message);
    message = message_read("{\"forget\":[]}");
    assert_int_equal(message.type, BUS_MESSAGE_FORGET);
    assert_int_equal(message.symbols_n, 0);
    bus_message_fini(&message);
    message = message_read(
        "{\"answered\":[{\"status\":\"throttled\",\"symbol\":\"X\"},{\"symbol\":\"Y\",\"status\":\"fresh\"}]}");
    assert_int_equal(message.type, BUS_MESSAGE_ANSWERED);
    assert_int_equal(message.answers_n, 2);
    assert_int_equal(message.answers[0].outcome, ASK_THROTTLED);
    assert_int_equal(message.answers[1].outcome, ASK_FRESH);
    assert_string_equal(message.answers[1].symbol.text, "Y");
    bus_message_fini(&message);
    message = message_read(
        "{\"answered\":[{\"status\":\"refused\",\"symbol\":\"X\"},{\"symbol\":\"Y\",\"status\":\"failed\"}]}");
    assert_int_equal(message.answers_n, 2);
    assert_int_equal(message.answers[0].outcome, ASK_REFUSED);
    assert_int_equal(message.answers[1].outcome, ASK_FAILED);
    bus_message_fini(&message);
    message = message_read("{\"restored\":\"0123456789abcdef\"}");
    assert_int_equal(message.type, BUS_MESSAGE_RESTORED);
    assert_string_equal(message.epoch.text, "0123456789abcdef");
    bus_message_fini(&message);
    message = message_read("{\"access\":\"ab010000-0000-0000-0000-000000000000\"}");
    assert_int_equal(message.type, BUS_MESSAGE_ACCESS);
    assert_int_equal(message.subject.bytes[0], 0xab);
    bus_message_fini(&message);
}

static void test_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "{\"ask\":[]}",
        "{\"ask\":{}}",
        "{\"ask\":\"AAPL\"}",
        "{\"ask\":null}",
        "{\"ask\":[\"A B\"]}",
        "{\"ask\":[\"\"]}",
        "{\"ask\":[\"A\",7]}",
        "{\"ask\":[\"A\"],\"more\":1}",
        "{\"forget\":[\"A\",null]}",
        "{\"forget\":true}",
        "{\"answered\":[]}",
        "{\"answered\":[\"A\"]}",
        "{\"answered\":[{\"symbol\":\"A\"}]}",
        "{\"answered\":[{\"symbol\":\"A\",\"status\":\"fresh\",\"price\":5}]}",
        "{\"answered\":[{\"symbol\":\"A\",\"status\":\"Fresh\"}]}",
        "{\"answered\":[{\"symbol\":\"A\",\"status\":\"fres\"}]}",
        "{\"answered\":[{\"symbol\":\"A\",\"status\":1}]}",
        "{\"answered\":[{\"symbol\":\"\",\"status\":\"fresh\"}]}",
        "{\"restored\":\"0123456789ABCDEF\"}",
        "{\"restored\":7}",
        "{\"access\":7}",
        "{\"access\":\"\"}",
        "{\"access\":\"ab010000-0000-0000-0000-00000000000g\"}",
        "{\"access\":\"ab010000-0000-0000-0000-000000000000\",\"ask\":[\"A\"]}",
        "{\"asked\":[\"A\"]}",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bus_message message = {.seq = 99};
        assert_row(bus_message_parse(rows[i], strlen(rows[i]), &message) == STATUS_INVALID, rows[i]);
        assert_row(message.seq == 99, rows[i]);
    }
}

static void test_the_most_and_one_more(void **state) {
    (void)state;
    struct symbol *symbols = calloc(BUS_ASK_MAX + 1, sizeof *symbols);
    struct bus_message message;
    struct strbuf text;
    strbuf_init(&text);
    for (size_t i = 0; i <= BUS_ASK_MAX; i++)
        symbols[i] = sample_symbol("BTC-USD");
    bus_ask_write_json(&text, symbols, BUS_ASK_MAX);
    assert_int_equal(bus_message_parse(text.data, text.len, &message), STATUS_OK);
    assert_int_equal(message.symbols_n, BUS_ASK_MAX);
    bus_message_fini(&message);
    strbuf_clear(&text);
    bus_ask_write_json(&text, symbols, BUS_ASK_MAX + 1);
    assert_int_equal(bus_message_parse(text.data, text.len, &message), STATUS_INVALID);
    strbuf_fini(&text);
    free(symbols);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_the_most_and_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
