/* links: pf_domain pf_base */
/* Totals kept by difference equal a full recomputation, digit for digit, after
 * each quote of any sequence, exchange rates among them and prices from before
 * splits, with portfolios that come and portfolios that go. */
#include "domain/holders.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#define SYMBOLS_N 10
#define PLAIN_N 6 /* the others are pairs; all can be held */
#define PORTFOLIOS_N 40
#define ROWS_MAX SYMBOLS_N

struct fixture {
    struct price_book *book;
    struct holders *holders;
    struct portfolio *portfolios[PORTFOLIOS_N]; /* NULL: not held */
    struct holdings holdings[PORTFOLIOS_N];
    struct holdings_position positions[PORTFOLIOS_N][ROWS_MAX];
    struct holdings_lot lots[PORTFOLIOS_N][ROWS_MAX * 2];
    struct price fx_rates[PORTFOLIOS_N][ROWS_MAX * 2];
    struct split splits[PORTFOLIOS_N][ROWS_MAX];
    unsigned told[PORTFOLIOS_N];
    uint64_t random, seq;
    bool checks_each;
    uint64_t converted_n, past_bound_n, split_n;
};

static uint64_t next_random(struct fixture *fixture) {
    fixture->random ^= fixture->random << 13;
    fixture->random ^= fixture->random >> 7;
    fixture->random ^= fixture->random << 17;
    return fixture->random;
}

static uint64_t below(struct fixture *fixture, uint64_t n) {
    return next_random(fixture) % n;
}

/* From one unit of 1e-8 to the bound, as likely small as large. */
static int64_t some_e8(struct fixture *fixture) {
    uint64_t bits = 1 + below(fixture, 63);
    int64_t value = (int64_t)(next_random(fixture) >> (64 - bits)) % DECIMAL_MAX_E8;
    return value > 0 ? value : 1;
}

static struct symbol symbol_of(size_t i) {
    static const char *const pairs[SYMBOLS_N - PLAIN_N] = {"EUR/USD", "USD/EUR", "GBP/USD", "GBP/EUR"};
    struct symbol symbol = {0};
    int len = i < PLAIN_N ? snprintf(symbol.text, sizeof symbol.text, "S%c", (char)('A' + (int)i))
                          : snprintf(symbol.text, sizeof symbol.text, "%s", pairs[i - PLAIN_N]);
    symbol.len = (uint8_t)len;
    return symbol;
}

static struct currency some_currency(struct fixture *fixture) {
    static const struct currency some[] = {{"USD"}, {"EUR"}, {"GBp"}};
    return some[below(fixture, COUNT_OF(some))];
}

/* At most one, on a day until the newest lot's: what it adds is among the lots. */
static void make_split(struct fixture *fixture, size_t i, struct holdings_position *position) {
    static const struct split some[] = {{15, 4, 1}, {10, 1, 3}, {15, 3, 2}, {5, 7, 1}};
    struct holdings *holdings = &fixture->holdings[i];
    if (below(fixture, 3) != 0)
        return;
    holdings->splits = fixture->splits[i];
    position->splits_first = holdings->splits_n;
    position->splits_n = 1;
    holdings->splits[holdings->splits_n] = some[below(fixture, COUNT_OF(some))];
    if (holdings->splits[holdings->splits_n].date > 5 + ((int32_t)position->lots_n - 1) * 10)
        holdings->splits[holdings->splits_n].date = 5;
    holdings->splits_n++;
}

/* One row in five is past the bound of a quantity, as psql can make them. */
static void make_holdings(struct fixture *fixture, size_t i) {
    struct holdings *holdings = &fixture->holdings[i];
    *holdings = (struct holdings){.name = "P",
                                  .base_currency = {"USD"},
                                  .cash_balance = {some_e8(fixture)},
                                  .version = ++fixture->seq,
                                  .positions = fixture->positions[i],
                                  .lots = fixture->lots[i]};
    if (below(fixture, 4) == 0)
        memcpy(holdings->base_currency.code, "EUR", 4);
    if (below(fixture, 4) != 0)
        holdings->fx_rates = fixture->fx_rates[i];
    for (size_t s = 0; s < SYMBOLS_N; s++) {
        if (below(fixture, 3) == 0)
            continue;
        struct holdings_position *position = &holdings->positions[holdings->positions_n++];
        *position = (struct holdings_position){.symbol = symbol_of(s), .version = 1, .lots_first = holdings->lots_n};
        if (below(fixture, 2) == 0)
            position->currency = some_currency(fixture);
        for (position->lots_n = 0; position->lots_n < 1 + below(fixture, 2); position->lots_n++) {
            fixture->fx_rates[i][holdings->lots_n].e8 = below(fixture, 8) == 0 ? 0 : some_e8(fixture);
            holdings->lots[holdings->lots_n++] =
                (struct holdings_lot){.cost_basis = {some_e8(fixture)},
                                      .quantity = {below(fixture, 5) == 0 ? DECIMAL_MAX_E8 : some_e8(fixture) / 4 + 1},
                                      .purchase_date = (int32_t)(5 + (int32_t)position->lots_n * 10)};
        }
        make_split(fixture, i, position);
    }
}

static void come(struct fixture *fixture, size_t i) {
    make_holdings(fixture, i);
    assert_int_equal(portfolio_create(&fixture->holdings[i], fixture->book, &fixture->portfolios[i]), STATUS_OK);
    assert_int_equal(holders_add(fixture->holders, fixture->portfolios[i], fixture->book, &fixture->told[i]),
                     STATUS_OK);
}

static void go(struct fixture *fixture, size_t i) {
    holders_remove(fixture->holders, fixture->portfolios[i]);
    portfolio_destroy(&fixture->portfolios[i]);
}

static void tick(struct fixture *fixture) {
    size_t symbol = below(fixture, SYMBOLS_N);
    struct quote quote = {.symbol = symbol_of(symbol),
                          .price = {some_e8(fixture)},
                          .currency = {"USD"},
                          .previous_close = {DECIMAL_ONE * 3},
                          .session = 10,
                          .stale = below(fixture, 4) == 0};
    if (below(fixture, 4) == 0)
        quote.previous_close.e8 = below(fixture, 2) == 0 ? 0 : some_e8(fixture);
    if (below(fixture, 6) == 0)
        quote.session = (int32_t)below(fixture, 20);
    if (below(fixture, 4) == 0) { /* by hand, in New York's evening or not */
        (void)snprintf(quote.source, sizeof quote.source, "manual");
        quote.as_of_ms = (quote.session * INT64_C(24) + (int64_t)below(fixture, 24)) * 3600000;
    }
    if (symbol >= PLAIN_N && below(fixture, 6) != 0)
        memcpy(quote.currency.code, quote.symbol.text + 4, 3); /* a rate */
    else if (below(fixture, 4) == 0)
        quote.currency = some_currency(fixture);
    assert_int_equal(price_book_stage(fixture->book, &quote, ++fixture->seq), STATUS_OK);
}

static bool same_totals(const struct totals *a, const struct totals *b) {
    return a->total_value.e8 == b->total_value.e8 && a->cash_balance.e8 == b->cash_balance.e8 &&
           a->cost_basis.e8 == b->cost_basis.e8 && a->gain_loss.e8 == b->gain_loss.e8 &&
           a->day_change.e8 == b->day_change.e8 && a->priced_cost.e8 == b->priced_cost.e8 &&
           a->day_base.e8 == b->day_base.e8 && a->unpriced_n == b->unpriced_n;
}

static void check_totals(struct fixture *fixture, size_t i, struct totals *ret_fresh) {
    struct portfolio *anew = NULL;
    assert_int_equal(portfolio_create(&fixture->holdings[i], fixture->book, &anew), STATUS_OK);
    const struct totals kept = holders_totals(fixture->portfolios[i]);
    *ret_fresh = holders_totals(anew);
    assert_true(same_totals(&kept, ret_fresh));
    for (size_t p = 0; p < anew->positions_n; p++) {
        const struct position *position = &anew->positions[p];
        const struct price_book_entry *entry = price_book_entry_at(fixture->book, position->symbol);
        if (position_way(anew, position, price_book_quote(entry)) == POSITION_CONVERTED)
            fixture->converted_n++;
        struct quote_split split;
        if (position_quote_split(anew, position, price_book_quote(entry), &split))
            fixture->split_n++;
    }
    fixture->past_bound_n += anew->past_bound_n;
    portfolio_destroy(&anew);
}

/* After each of a pass' quotes, the others as they are at that moment. */
static void on_quote_changed(void *context, const struct price_book_entry *entry, const struct quote *before) {
    struct fixture *fixture = context;
    (void)holders_revalue(fixture->holders, fixture->book, entry, before);
    for (size_t i = 0; fixture->checks_each && i < PORTFOLIOS_N; i++) {
        struct totals fresh;
        if (fixture->portfolios[i])
            check_totals(fixture, i, &fresh);
    }
}

static void on_told(void *context, void *const *owners, size_t n) {
    (void)context;
    for (size_t i = 0; i < n; i++)
        ++*(unsigned *)owners[i];
}

static void check(struct fixture *fixture, const struct totals *before, const bool *is_new) {
    for (size_t i = 0; i < PORTFOLIOS_N; i++) {
        if (!fixture->portfolios[i]) {
            assert_int_equal(fixture->told[i], 0);
            continue;
        }
        struct totals fresh;
        check_totals(fixture, i, &fresh);
        bool is_moved = is_new[i] || !same_totals(&before[i], &fresh);
        assert_true(!is_moved || fixture->told[i] == 1);
        assert_true(fixture->told[i] <= 1);
    }
}

/* One pass: quotes, then holdings, then the telling, as the engine does it. */
static void pass(struct fixture *fixture) {
    struct totals before[PORTFOLIOS_N];
    bool is_new[PORTFOLIOS_N] = {false};
    memset(before, 0, sizeof before);
    memset(fixture->told, 0, sizeof fixture->told);
    for (size_t i = 0; i < PORTFOLIOS_N; i++)
        if (fixture->portfolios[i])
            before[i] = holders_totals(fixture->portfolios[i]);
    if (below(fixture, 20) == 0)
        price_book_stage_clear(fixture->book);
    for (uint64_t n = below(fixture, 6); n > 0; n--)
        tick(fixture);
    fixture->checks_each = below(fixture, 4) == 0;
    price_book_advance(fixture->book, fixture->seq, on_quote_changed, fixture);
    for (uint64_t n = below(fixture, 4); n > 0; n--) {
        size_t i = below(fixture, PORTFOLIOS_N);
        bool was_held = fixture->portfolios[i];
        if (was_held)
            go(fixture, i);
        is_new[i] = !was_held || below(fixture, 2) == 0;
        if (is_new[i])
            come(fixture, i);
    }
    holders_tell(fixture->holders, on_told, NULL);
    check(fixture, before, is_new);
}

static void test_equals_a_recomputation(void **state) {
    uint64_t converted_n = 0, past_bound_n = 0, went_past_n = 0, split_n = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fixture *fixture = calloc(1, sizeof *fixture);
        assert_non_null(fixture);
        fixture->random = seed * UINT64_C(0x9e3779b97f4a7c15);
        assert_int_equal(price_book_create(&fixture->book), STATUS_OK);
        assert_int_equal(holders_create(&fixture->holders), STATUS_OK);
        for (int i = 0; i < 200; i++)
            pass(fixture);
        for (size_t i = 0; i < PORTFOLIOS_N; i++)
            if (fixture->portfolios[i])
                go(fixture, i);
        converted_n += fixture->converted_n;
        past_bound_n += fixture->past_bound_n;
        split_n += fixture->split_n;
        went_past_n += holders_take_past_bound(fixture->holders);
        assert_int_equal(holders_take_past_bound(fixture->holders), 0);
        holders_destroy(&fixture->holders);
        price_book_destroy(&fixture->book);
        free(fixture);
    }
    print_message("%llu rows through a rate, %llu above the bound, %llu went there\n", (unsigned long long)converted_n,
                  (unsigned long long)past_bound_n, (unsigned long long)went_past_n);
    assert_true(split_n > 10000 && converted_n > 10000 && past_bound_n > 100 && went_past_n > 20);
}

/* More than one chunk, and what was removed in the pass in between. */
static void test_tells_in_chunks(void **state) {
    (void)state;
    enum { N = 3 * HOLDERS_CHUNK_MAX + 1 };
    struct price_book *book = NULL;
    struct holders *holders = NULL;
    struct portfolio *portfolios[N];
    unsigned told[N] = {0};
    assert_int_equal(price_book_create(&book), STATUS_OK);
    assert_int_equal(holders_create(&holders), STATUS_OK);
    struct holdings holdings = {.name = "P", .base_currency = {"USD"}};
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(portfolio_create(&holdings, book, &portfolios[i]), STATUS_OK);
        assert_int_equal(holders_add(holders, portfolios[i], book, &told[i]), STATUS_OK);
    }
    for (size_t i = 0; i < N; i += 3)
        holders_remove(holders, portfolios[i]);
    holders_tell(holders, on_told, NULL);
    holders_tell(holders, on_told, NULL); /* nothing is marked any more */
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(told[i], i % 3 == 0 ? 0 : 1);
        portfolio_destroy(&portfolios[i]);
    }
    holders_destroy(&holders);
    price_book_destroy(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_a_recomputation),
        cmocka_unit_test(test_tells_in_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
