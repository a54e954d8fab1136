/* links: pf_domain pf_base */
/* The price book's two stages and its stamps. */
#include "domain/price_book.h"
#include "test.h"

#include <stdio.h>

static struct price_book *book;
static symbol_index changed[16];
static size_t changed_n;

static int set_up(void **state) {
    (void)state;
    changed_n = 0;
    return price_book_create(&book) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    price_book_destroy(&book);
    return 0;
}

static struct quote quote_of(const char *symbol, int64_t price_e8) {
    struct quote quote = {.price = {price_e8}, .currency = {"USD"}};
    assert_int_equal(symbol_parse(symbol, strlen(symbol), &quote.symbol), STATUS_OK);
    return quote;
}

static void stage(const char *symbol, int64_t price_e8, uint64_t seq) {
    struct quote quote = quote_of(symbol, price_e8);
    assert_int_equal(price_book_stage(book, &quote, seq), STATUS_OK);
}

static void note(void *context, const struct price_book_entry *entry, const struct quote *before) {
    (void)context;
    (void)before;
    assert_int_equal(price_book_seqs(book)[entry->index], entry->seq);
    changed[changed_n++] = entry->index;
}

static void advance(uint64_t seq) {
    changed_n = 0;
    price_book_advance(book, seq, note, NULL);
}

static const struct price_book_entry *entry_of(const char *text) {
    struct symbol symbol;
    symbol_index index;
    assert_int_equal(symbol_parse(text, strlen(text), &symbol), STATUS_OK);
    assert_int_equal(price_book_find(book, &symbol, &index), STATUS_OK);
    return price_book_entry_at(book, index);
}

static void test_staged_is_not_current(void **state) {
    (void)state;
    stage("AAPL", 100, 1);
    assert_false(entry_of("AAPL")->is_priced);
    assert_true(price_book_has_staged(book));
    advance(1);
    assert_true(entry_of("AAPL")->is_priced);
    assert_false(price_book_has_staged(book));
    stage("AAPL", 200, 2);
    assert_int_equal(entry_of("AAPL")->quote.price.e8, 100);
}

static int64_t latest_e8(const char *text, uint64_t *ret_seq) {
    const struct quote *quote = price_book_latest(book, entry_of(text)->index, ret_seq);
    return quote ? quote->price.e8 : 0;
}

static void test_the_latest_is_the_staged_one(void **state) {
    (void)state;
    uint64_t seq;
    stage("AAPL", 100, 1);
    assert_int_equal(latest_e8("AAPL", &seq), 100);
    assert_int_equal(seq, 1);
    advance(1);
    assert_int_equal(latest_e8("AAPL", &seq), 100);
    stage("AAPL", 200, 2);
    assert_int_equal(latest_e8("AAPL", &seq), 200);
    assert_int_equal(seq, 2);
    advance(2);
    price_book_stage_clear(book); /* a new epoch, whose last known prices may still come */
    assert_int_equal(latest_e8("AAPL", &seq), 200);
    stage("AAPL", 300, 1);
    assert_int_equal(latest_e8("AAPL", &seq), 300);
    assert_int_equal(seq, 1);
    price_book_stage_clear(book);
    advance(1);
    assert_int_equal(latest_e8("AAPL", &seq), 0);
}

static void test_many_events_are_one_change(void **state) {
    (void)state;
    for (uint64_t seq = 1; seq <= 9; seq++)
        stage("AAPL", (int64_t)seq, seq);
    advance(9);
    assert_int_equal(changed_n, 1);
    assert_int_equal(entry_of("AAPL")->quote.price.e8, 9);
    assert_int_equal(entry_of("AAPL")->seq, 9);
    advance(9);
    assert_int_equal(changed_n, 0);
}

static void test_an_older_number_is_ignored(void **state) {
    (void)state;
    stage("AAPL", 5, 5);
    stage("AAPL", 4, 4);
    advance(5);
    stage("AAPL", 3, 3);
    advance(5);
    assert_int_equal(entry_of("AAPL")->quote.price.e8, 5);
}

static void test_a_new_book_replaces_everything(void **state) {
    (void)state;
    stage("AAPL", 1, 7);
    stage("MSFT", 2, 8);
    stage("KO", 3, 9);
    advance(9);
    price_book_stage_clear(book);
    stage("AAPL", 1, 7);  /* as before */
    stage("MSFT", 22, 1); /* another epoch's number may be lower */
    assert_true(entry_of("KO")->is_priced);
    advance(12);
    assert_false(entry_of("KO")->is_priced);
    assert_int_equal(entry_of("KO")->seq, 12); /* the loss is stamped */
    assert_int_equal(entry_of("MSFT")->quote.price.e8, 22);
    assert_int_equal(entry_of("MSFT")->seq, 1);
    assert_int_equal(changed_n, 2); /* not AAPL */
}

/* Unpriced in one epoch at a high number, priced in the next at a low one. */
static void test_a_loss_does_not_hide_the_next_epochs_quotes(void **state) {
    (void)state;
    stage("AAPL", 1, 7);
    advance(7);
    price_book_stage_clear(book);
    advance(50); /* a new epoch that already stands at 50, without it */
    assert_int_equal(entry_of("AAPL")->seq, 50);
    price_book_stage_clear(book);
    advance(1); /* the next epoch */
    assert_int_equal(entry_of("AAPL")->seq, 1);
    assert_int_equal(changed_n, 0);
    stage("AAPL", 2, 2);
    advance(2);
    assert_true(entry_of("AAPL")->is_priced);
    assert_int_equal(entry_of("AAPL")->quote.price.e8, 2);
}

static void test_what_is_missing_is_told(void **state) {
    (void)state;
    stage("AAPL", 1, 1);
    stage("KO", 1, 1);
    advance(1);
    assert_false(price_book_lacks_some(book));
    price_book_stage_clear(book);
    assert_true(price_book_lacks_some(book));
    stage("KO", 2, 1);
    assert_true(price_book_lacks_some(book));
    stage("AAPL", 2, 2);
    assert_false(price_book_lacks_some(book));
}

static void test_details_have_a_stamp_of_their_own(void **state) {
    (void)state;
    struct quote quote = quote_of("AAPL", 1);
    assert_int_equal(price_book_stage(book, &quote, 1), STATUS_OK);
    advance(1);
    quote.price.e8 = 2;
    assert_int_equal(price_book_stage(book, &quote, 2), STATUS_OK);
    advance(2);
    assert_int_equal(entry_of("AAPL")->details_seq, 1);
    /* There and back within one pass: another loop may have shown it in between. */
    quote.stale = true;
    assert_int_equal(price_book_stage(book, &quote, 3), STATUS_OK);
    quote.stale = false;
    assert_int_equal(price_book_stage(book, &quote, 4), STATUS_OK);
    quote.price.e8 = 3;
    assert_int_equal(price_book_stage(book, &quote, 5), STATUS_OK);
    advance(5);
    assert_int_equal(entry_of("AAPL")->details_seq, 4);
    assert_int_equal(entry_of("AAPL")->seq, 5);
}

static void test_each_detail_counts(void **state) {
    (void)state;
    struct quote quote = quote_of("AAPL", 1);
    uint64_t seq = 1;
    assert_int_equal(price_book_stage(book, &quote, seq), STATUS_OK);
    for (int detail = 0; detail < 4; detail++) {
        advance(seq++);
        if (detail == 0)
            quote.previous_close.e8 = 5;
        else if (detail == 1)
            quote.session = 6;
        else if (detail == 2)
            quote.stale = true;
        else
            memcpy(quote.currency.code, "EUR", 4);
        assert_int_equal(price_book_stage(book, &quote, seq), STATUS_OK);
        advance(seq);
        assert_int_equal(entry_of("AAPL")->details_seq, seq);
    }
}

static void count(void *context, const struct price_book_entry *entry, const struct quote *before) {
    (void)entry;
    assert_null(before); /* each was new */
    ++*(size_t *)context;
}

static void note_before(void *context, const struct price_book_entry *entry, const struct quote *before) {
    (void)entry;
    *(int64_t *)context = before ? before->price.e8 : 0;
}

static void test_tells_the_quote_before(void **state) {
    (void)state;
    int64_t before_e8 = -1;
    stage("AAPL", 100, 1);
    price_book_advance(book, 1, note_before, &before_e8);
    assert_int_equal(before_e8, 0);
    stage("AAPL", 101, 2);
    stage("AAPL", 102, 3);
    price_book_advance(book, 3, note_before, &before_e8);
    assert_int_equal(before_e8, 100);
    price_book_stage_clear(book);
    price_book_advance(book, 4, note_before, &before_e8);
    assert_int_equal(before_e8, 102);
}

static void test_grows(void **state) {
    (void)state;
    char name[16];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "S%d", i);
        struct quote quote = quote_of(name, i + 1);
        assert_int_equal(price_book_stage(book, &quote, 1), STATUS_OK);
    }
    assert_int_equal(price_book_symbols_n(book), 1000);
    size_t n = 0;
    price_book_advance(book, 1, count, &n);
    assert_int_equal(n, 1000);
}

int main(void) {
#define BOOK_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BOOK_TEST(test_staged_is_not_current),
        BOOK_TEST(test_the_latest_is_the_staged_one),
        BOOK_TEST(test_many_events_are_one_change),
        BOOK_TEST(test_an_older_number_is_ignored),
        BOOK_TEST(test_a_new_book_replaces_everything),
        BOOK_TEST(test_a_loss_does_not_hide_the_next_epochs_quotes),
        BOOK_TEST(test_what_is_missing_is_told),
        BOOK_TEST(test_details_have_a_stamp_of_their_own),
        BOOK_TEST(test_each_detail_counts),
        BOOK_TEST(test_grows),
        BOOK_TEST(test_tells_the_quote_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
