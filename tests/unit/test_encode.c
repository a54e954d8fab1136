/* State documents and patches of them, byte for byte. What they mean is the
 * property tests' to say. links: pf_app */
#include "app/encode.h"
#include "unit/test.h"

#include <stdio.h>

#define EPOCH "0123456789abcdef"
#define ID "00112233-4455-6677-8899-aabbccddeeff"
#define AS_OF_MS INT64_C(1790000001300)

struct market {
    struct price_book *book;
    struct held_portfolio held;
    struct encode_context context;
};

static struct symbol symbol_of(const char *text) {
    struct symbol symbol;
    assert_int_equal(symbol_parse(text, strlen(text), &symbol), STATUS_OK);
    return symbol;
}

static void ignore_change(void *context, const struct price_book_entry *entry, const struct quote *before) {
    (void)context;
    (void)entry;
    (void)before;
}

static void set_quote(struct market *market, const char *symbol, int64_t price_e8, int64_t previous_close_e8,
                      uint64_t seq) {
    struct quote quote = {.symbol = symbol_of(symbol),
                          .currency = {"USD"},
                          .price = {price_e8},
                          .previous_close = {previous_close_e8},
                          .session = 20000,
                          .as_of_ms = 1790000000000 + (int64_t)seq};
    assert_int_equal(price_book_stage(market->book, &quote, seq), STATUS_OK);
    price_book_advance(market->book, seq, ignore_change, NULL);
}

/* Sums the rows again; the engine does that by differences. */
static void settle(struct market *market, uint64_t seq) {
    struct portfolio *portfolio = market->held.portfolio;
    totals_init(&portfolio->settled, portfolio->settled.cash_balance);
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        const struct position *position = &portfolio->positions[i];
        struct position_value value = position_value_base_now(portfolio, position, market->book);
        totals_add(&portfolio->settled, position_cost_base(portfolio, position), &value);
    }
    market->held.seq = seq;
    market->held.as_of_ms = AS_OF_MS;
    frame_cache_clear(&market->held.frames);
}

/* Two rows at version 4: 3 of AAPL for 100 in all, 0.5 of ZZ for 7. */
static void market_init(struct market *market, bool has_memory) {
    struct holdings_position positions[] = {{.symbol = symbol_of("AAPL"), .version = 4, .lots_first = 0, .lots_n = 1},
                                            {.symbol = symbol_of("GONE"), .version = 3},
                                            {.symbol = symbol_of("ZZ"), .version = 2, .lots_first = 1, .lots_n = 1}};
    struct holdings_lot lots[] = {
        {.cost_basis = {100 * (int128)DECIMAL_ONE}, .quantity = {3 * DECIMAL_ONE}, .purchase_date = 19000},
        {.cost_basis = {7 * (int128)DECIMAL_ONE}, .quantity = {DECIMAL_ONE / 2}, .purchase_date = 19000}};
    struct holdings holdings = {.name = "Mine",
                                .base_currency = {"USD"},
                                .cash_balance = {DECIMAL_ONE / 4},
                                .version = 4,
                                .positions_n = COUNT_OF(positions),
                                .positions = positions,
                                .lots_n = COUNT_OF(lots),
                                .lots = lots};
    *market = (struct market){0};
    assert_int_equal(uuid_parse(ID, strlen(ID), &holdings.portfolio_id), STATUS_OK);
    market->held.id = holdings.portfolio_id;
    market->held.users_n = 1;
    assert_int_equal(price_book_create(&market->book), STATUS_OK);
    assert_int_equal(portfolio_create(&holdings, market->book, &market->held.portfolio), STATUS_OK);
    market->context = (struct encode_context){.book = market->book, .epoch = EPOCH};
    if (has_memory)
        assert_int_equal(encode_memory_create(&market->context.memory), STATUS_OK);
    settle(market, 9);
}

static void market_fini(struct market *market) {
    frame_cache_clear(&market->held.frames);
    portfolio_destroy(&market->held.portfolio);
    price_book_destroy(&market->book);
    encode_memory_destroy(&market->context.memory);
}

static void assert_text(struct frame *frame, const char *expected) {
    assert_non_null(frame);
    if (frame->len != strlen(expected) || memcmp(frame_payload(frame), expected, frame->len) != 0)
        fail_msg("\n%.*s is not\n%s", (int)frame->len, (const char *)frame_payload(frame), expected);
    frame_unref(&frame);
}

static void assert_snapshot(struct market *market, field_mask fields, const char *expected) {
    struct frame *frame = NULL;
    assert_int_equal(encode_snapshot(&market->context, &market->held, fields, &frame), STATUS_OK);
    assert_text(frame, expected);
}

static struct cursor cursor_at(uint64_t seq, uint64_t version, field_mask fields) {
    return (struct cursor){.epoch = EPOCH, .seq = seq, .version = version, .fields = fields};
}

/* NULL: nothing is to be sent. */
static void assert_delta(struct market *market, struct cursor base, bool is_forced, const char *expected) {
    struct frame *frame = NULL;
    assert_int_equal(encode_delta(&market->context, &market->held, &base, is_forced, &frame), STATUS_OK);
    if (expected)
        assert_text(frame, expected);
    else
        assert_null(frame);
}

#define HEAD(type, cursors)                                                                                            \
    "{\"type\":\"" type "\",\"portfolio_id\":\"" ID "\"," cursors ",\"as_of\":\"2026-09-21T14:13:21.300Z\""
#define DELTA(base, cursor) HEAD("delta", "\"base\":\"" EPOCH base "\",\"cursor\":\"" EPOCH cursor "\"") ",\"patch\":"

static void check_snapshots(struct market *market) {
    assert_snapshot(
        market, 0,
        HEAD("snapshot", "\"cursor\":\"" EPOCH "-9-4\"") ",\"data\":{\"portfolio_id\":\"" ID
                                                         "\",\"portfolio_name\":\"Mine\",\"base_currency\":\"USD\","
                                                         "\"totals\":{\"total_value\":0.25,\"cash_balance\":0.25,"
                                                         "\"cost_basis\":107,\"gain_loss\":0,\"day_change\":0,"
                                                         "\"unpriced\":2},\"positions\":{\"AAPL\":{\"ticker_symbol\":"
                                                         "\"AAPL\",\"quantity\":3,\"average_cost\":33.33333333,\"cost_"
                                                         "basis\":100,\"currency\":\"USD\"},\"ZZ\":{"
                                                         "\"ticker_symbol\":\"ZZ\",\"quantity\":0.5,\"average_cost\":"
                                                         "14,\"cost_basis\":7,\"currency\":\"USD\"}}}}");
    set_quote(market, "AAPL", 30 * DECIMAL_ONE + 1, 0, 10);
    settle(market, 10);
    assert_snapshot(market, 0,
                    HEAD("snapshot", "\"cursor\":\"" EPOCH
                                     "-10-4\"") ",\"data\":{\"portfolio_id\":\"" ID
                                                "\",\"portfolio_name\":\"Mine\",\"base_currency\":\"USD\",\"totals\":{"
                                                "\"total_value\":90.25000003,"
                                                "\"cash_balance\":0.25,\"cost_basis\":107,\"gain_loss\":-9.99999997,"
                                                "\"gain_loss_percent\":-10,\"day_change\":0,"
                                                "\"unpriced\":1},\"positions\":{\"AAPL\":{\"ticker_symbol\":\"AAPL\","
                                                "\"quantity\":3,\"average_cost\":33.33333333,"
                                                "\"cost_basis\":100,\"currency\":\"USD\",\"current_price\":30.00000001,"
                                                "\"current_value\":90.00000003,"
                                                "\"gain_loss\":-9.99999997,\"gain_loss_percent\":-10,\"price_as_of\":"
                                                "\"2026-09-21T14:13:20.010Z\",\"stale\":false}"
                                                ",\"ZZ\":{\"ticker_symbol\":\"ZZ\",\"quantity\":0.5,\"average_cost\":"
                                                "14,\"cost_basis\":7,\"currency\":\"USD\"}}}}");
    assert_snapshot(
        market, FIELD_STALE | FIELD_UNPRICED,
        HEAD("snapshot", "\"cursor\":\"" EPOCH "-10-4-12000\"") ",\"data\":{\"portfolio_id\":\"" ID
                                                                "\",\"portfolio_name\":\"Mine\",\"base_currency\":"
                                                                "\"USD\",\"totals\":{\"unpriced\":1},\"positions\":{"
                                                                "\"AAPL\":{\"stale\":false},\"ZZ\":{}}}}");
}

static void check_deltas(struct market *market) {
    /* The first price: the row's new members, and null for what it still has not. */
    assert_delta(
        market, cursor_at(9, 4, 0), false,
        DELTA("-9-4",
              "-10-4") "{\"positions\":{\"AAPL\":{\"currency\":\"USD\",\"current_price\":30.00000001,"
                       "\"previous_close\":null,\"current_value\":90.00000003,\"gain_loss\":-9.99999997,\"gain_loss_"
                       "percent\":-10,"
                       "\"day_change\":null,\"day_change_percent\":null,\"price_as_of\":\"2026-09-21T14:13:20.010Z\","
                       "\"stale\":false}},\"totals\":{\"total_value\":90.25000003,\"gain_loss\":-9.99999997,"
                       "\"gain_loss_percent\":-10,\"day_change\":0,\"day_change_percent\":null,\"unpriced\":1}}}");
    assert_delta(market, cursor_at(10, 4, 0), false, NULL);
    assert_delta(market, cursor_at(10, 4, 0), true, DELTA("-10-4", "-10-4") "{}}");
    assert_delta(market, cursor_at(9, 4, FIELD_QUANTITY), false, NULL);
    set_quote(market, "ZZ", 1, 3, 11);
    set_quote(market, "AAPL", 40 * DECIMAL_ONE, 0, 12);
    settle(market, 12);
    /* A mere price: the members it moves, no null. */
    assert_delta(market, cursor_at(11, 4, 0), false,
                 DELTA("-11-4", "-12-4") "{\"positions\":{\"AAPL\":{\"current_price\":40,\"current_value\":120,"
                                         "\"gain_loss\":20,\"gain_loss_percent\":20,\"price_as_of\":\"2026-09-21T14:13:"
                                         "20.012Z\"}},\"totals\":{"
                                         "\"total_value\":120.25000001,\"gain_loss\":13.00000001,\"gain_loss_percent\":"
                                         "12.1495,\"day_change\":-0.00000001,"
                                         "\"day_change_percent\":-50}}}");
    assert_delta(market, cursor_at(11, 4, FIELD_CURRENT_PRICE), false,
                 DELTA("-11-4-20", "-12-4-20") "{\"positions\":{\"AAPL\":{\"current_price\":40}}}}");
    /* Rows and what is gone, of a new version; the quote that is no newer is left out. */
    assert_delta(
        market, cursor_at(12, 2, FIELD_QUANTITY | FIELD_UNPRICED), false,
        DELTA("-12-2-10002", "-12-4-10002") "{\"portfolio_name\":\"Mine\",\"base_currency\":\"USD\",\"positions\":{"
                                            "\"AAPL\":{\"quantity\":3},\"GONE\":null},\"totals\":{\"unpriced\":0}}}");
}

static void test_bytes_of_frames(void **state) {
    (void)state;
    for (int has_memory = 0; has_memory < 2; has_memory++) {
        struct market market;
        market_init(&market, has_memory);
        check_snapshots(&market);
        check_deltas(&market);
        market_fini(&market);
    }
}

static void set_rate(struct market *market, int64_t price_e8, int64_t previous_close_e8, uint64_t seq) {
    struct quote quote = {.symbol = symbol_of("USD/CHF"),
                          .currency = {"CHF"},
                          .price = {price_e8},
                          .previous_close = {previous_close_e8},
                          .session = 20000,
                          .as_of_ms = 1790000000000};
    assert_int_equal(price_book_stage(market->book, &quote, seq), STATUS_OK);
    price_book_advance(market->book, seq, ignore_change, NULL);
}

/* The published case: a dollar cost 0.9238 francs, and is 0.8854 now. */
static void abroad_init(struct market *market) {
    struct holdings_position position = {.symbol = symbol_of("GOOGL"), .currency = {"USD"}, .version = 2, .lots_n = 1};
    struct holdings_lot lot = {.cost_basis = {INT64_C(9012000000)}, .quantity = {DECIMAL_ONE}, .purchase_date = 19000};
    struct price fx_rate = {92380000};
    struct holdings holdings = {.name = "Mine",
                                .base_currency = {"CHF"},
                                .version = 2,
                                .positions_n = 1,
                                .positions = &position,
                                .lots_n = 1,
                                .lots = &lot,
                                .fx_rates = &fx_rate};
    *market = (struct market){0};
    assert_int_equal(uuid_parse(ID, strlen(ID), &holdings.portfolio_id), STATUS_OK);
    market->held.id = holdings.portfolio_id;
    market->held.users_n = 1;
    assert_int_equal(price_book_create(&market->book), STATUS_OK);
    assert_int_equal(portfolio_create(&holdings, market->book, &market->held.portfolio), STATUS_OK);
    market->context = (struct encode_context){.book = market->book, .epoch = EPOCH};
    settle(market, 9);
}

#define TWINS "\"current_value_base\":103.10483,\"gain_loss_base\":19.851974,\"gain_loss_percent_base\":23.8454"

static void test_rows_in_another_currency(void **state) {
    struct market market;
    (void)state;
    abroad_init(&market);
    set_quote(&market, "GOOGL", INT64_C(11645000000), 0, 10);
    settle(&market, 10);
    /* Without a rate the row has a value of its own, and none in the totals. */
    assert_delta(&market, cursor_at(9, 2, FIELD_CURRENT_VALUE | FIELD_CURRENT_VALUE_BASE | FIELD_UNPRICED), false,
                 DELTA("-9-2-90080", "-10-2-90080") "{\"positions\":{\"GOOGL\":{\"current_value\":116.45,\"current_"
                                                    "value_base\":null}},\"totals\":{\"unpriced\":1}}}");
    set_rate(&market, 88540000, 0, 11);
    settle(&market, 11);
    assert_snapshot(&market, 0,
                    HEAD("snapshot", "\"cursor\":\"" EPOCH
                                     "-11-2\"") ",\"data\":{\"portfolio_id\":\"" ID
                                                "\",\"portfolio_name\":\"Mine\",\"base_currency\":\"CHF\","
                                                "\"totals\":{\"total_value\":103.10483,\"cash_balance\":0,"
                                                "\"cost_basis\":83.252856,\"gain_loss\":19.851974,"
                                                "\"gain_loss_percent\":23.8454,\"day_change\":0,"
                                                "\"unpriced\":0},\"positions\":{\"GOOGL\":{\"ticker_symbol\":"
                                                "\"GOOGL\",\"quantity\":1,\"average_cost\":90.12,\"cost_"
                                                "basis\":90.12,\"currency\":\"USD\",\"current_price\":116.45,"
                                                "\"current_value\":116.45,\"gain_loss\":26.33,\"gain_loss_"
                                                "percent\":29.2166,\"price_as_of\":\"2026-09-21T14:13:20.010Z\","
                                                "\"stale\":false,\"fx_rate\":0.8854,\"cost_basis_base\":"
                                                "83.252856," TWINS "}}}}");
    /* A mere rate: what it moves, and the price's members, since the row's stamp is the higher of both. */
    set_rate(&market, 90000000, 0, 12);
    settle(&market, 12);
    assert_delta(&market, cursor_at(11, 2, 0), false,
                 DELTA("-11-2", "-12-2") "{\"positions\":{\"GOOGL\":{\"current_price\":116.45,\"current_value\":"
                                         "116.45,\"gain_loss\":26.33,\"gain_loss_percent\":29.2166,\"price_as_of\":"
                                         "\"2026-09-21T14:13:20.010Z\",\"fx_rate\":0.9,\"current_value_base\":104.805,"
                                         "\"gain_loss_base\":21.552144,\"gain_loss_percent_base\":25.8876}},"
                                         "\"totals\":{\"total_value\":104.805,\"gain_loss\":21.552144,\"gain_loss_"
                                         "percent\":25.8876,\"day_change\":0,\"day_change_percent\":null,"
                                         "\"unpriced\":0}}}");
    market_fini(&market);
}

/* Far from everyday numbers; the texts of the old price must not be taken for the new one's. */
static void test_largest_numbers(void **state) {
    struct market market;
    char expected[1024];
    (void)state;
    market_init(&market, true);
    for (uint64_t seq = 20; seq < 23; seq++) {
        set_quote(&market, "AAPL", DECIMAL_MAX_E8 - 22 + (int64_t)seq, DECIMAL_MAX_E8, seq);
        settle(&market, seq);
        (void)snprintf(expected, sizeof expected,
                       DELTA("-19-4-a0", "-%d-4-a0") "{\"positions\":{\"AAPL\":{\"current_price\":%s,"
                                                     "\"current_value\":%s}}}}",
                       (int)seq,
                       seq == 22   ? "90000000000"
                       : seq == 21 ? "89999999999.99999999"
                                   : "89999999999.99999998",
                       seq == 22   ? "270000000000"
                       : seq == 21 ? "269999999999.99999997"
                                   : "269999999999.99999994");
        assert_delta(&market, cursor_at(19, 4, FIELD_CURRENT_PRICE | FIELD_CURRENT_VALUE), false, expected);
    }
    market_fini(&market);
}

/* One watcher's frames are forgotten, two watchers share one. */
static void test_frames_are_kept_for_others_only(void **state) {
    struct market market;
    struct frame *first = NULL, *second = NULL;
    (void)state;
    market_init(&market, true);
    assert_int_equal(encode_snapshot(&market.context, &market.held, 0, &first), STATUS_OK);
    assert_int_equal(encode_snapshot(&market.context, &market.held, 0, &second), STATUS_OK);
    assert_ptr_not_equal(first, second);
    frame_unref(&first);
    frame_unref(&second);
    assert_null(market.held.frames.entries);
    market.held.users_n = 2;
    assert_int_equal(encode_snapshot(&market.context, &market.held, 0, &first), STATUS_OK);
    assert_int_equal(encode_snapshot(&market.context, &market.held, 0, &second), STATUS_OK);
    assert_ptr_equal(first, second);
    frame_unref(&first);
    frame_unref(&second);
    market_fini(&market);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_of_frames),
        cmocka_unit_test(test_rows_in_another_currency),
        cmocka_unit_test(test_largest_numbers),
        cmocka_unit_test(test_frames_are_kept_for_others_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
