/* links: pf_feed pf_domain pf_ops pf_base */
/* Files of bars and ticks: their order, their days, their splits, their clock,
 * and the files that are refused. */
#include "feed/provider.h"
#include "feed/replay_file.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

struct scratch {
    char directory[64];
    char path[96];
};

static int setup(void **state) {
    struct scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        return -1;
    snprintf(scratch->directory, sizeof scratch->directory, "/tmp/pf-test-replay-XXXXXX");
    if (!mkdtemp(scratch->directory))
        return -1;
    snprintf(scratch->path, sizeof scratch->path, "%s/file.csv", scratch->directory);
    *state = scratch;
    return 0;
}

static int teardown(void **state) {
    struct scratch *scratch = *state;
    unlink(scratch->path);
    rmdir(scratch->directory);
    free(scratch);
    return 0;
}

static void write_bytes(const struct scratch *scratch, const void *bytes, size_t len) {
    FILE *file = fopen(scratch->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const struct scratch *scratch, const char *text) {
    write_bytes(scratch, text, strlen(text));
}

static struct provider *replay(const struct scratch *scratch, int64_t speed_e8) {
    struct provider *provider = NULL;
    char error[256] = "";
    enum status status = provider_replay_create(scratch->path, speed_e8, &provider, error, sizeof error);
    if (status != STATUS_OK)
        fail_msg("%s", error);
    return provider;
}

/* One expected quote of a replay at full speed; a batch ends where `ends`. */
struct expected {
    const char *symbol;
    int64_t time_ms;
    int64_t price_e8, previous_close_e8;
    bool ends;
};

static void check_replay(struct provider *provider, const struct expected *rows, size_t rows_n) {
    const struct quote *quotes = NULL;
    size_t n = 0, at = 0;
    for (size_t i = 0; i < rows_n; i++) {
        if (at == n) {
            if (i > 0)
                provider->ops->accept(provider);
            assert_int_equal(provider->ops->next(provider, 5, SAMPLE_TIME_MS, &quotes, &n), STATUS_OK);
            at = 0;
        }
        const struct quote *quote = &quotes[at++];
        char row[96];
        snprintf(row, sizeof row, "%zu: %s %lld", i, rows[i].symbol, (long long)rows[i].price_e8);
        assert_string_equal(quote->symbol.text, rows[i].symbol);
        assert_row(quote->source_time_ms == rows[i].time_ms, row);
        assert_row(quote->price.e8 == rows[i].price_e8, row);
        assert_row(quote->previous_close.e8 == rows[i].previous_close_e8, row);
        assert_row(quote->session == timestamp_date(rows[i].time_ms), row);
        assert_row(quote->as_of_ms == SAMPLE_TIME_MS, row);
        assert_row((at == n) == rows[i].ends, row);
    }
    provider->ops->accept(provider);
    assert_int_equal(provider->ops->next(provider, 5, SAMPLE_TIME_MS, &quotes, &n), STATUS_NOT_FOUND);
    assert_int_equal(provider->ops->next_due_ms(provider, 5), INT64_MAX);
}

#define E8(x) INT64_C(x##00000000)

static void test_daily_bars_with_splits(void **state) {
    struct scratch *scratch = *state;
    const int64_t d1 = INT64_C(1577836800000), d2 = d1 + MS_PER_DAY, q = MS_PER_DAY / 4;
    write_text(scratch, "symbol,date,open,high,low,close,volume,split_coefficient\n"
                        "A,2020-01-01,10,13,9,12,5,1\n"
                        "A,2020-01-02,3,4,2,3.5,5,4\n"
                        "B,2020-01-02,20,23,19,22,5,1\n");
    const struct expected rows[] = {
        {"A", d1, E8(10), 0, true},         {"A", d1 + q, E8(9), 0, true},
        {"A", d1 + 2 * q, E8(13), 0, true}, {"A", d1 + 3 * q, E8(12), 0, true},
        {"A", d2, E8(3), E8(3), false}, /* 12 / 4 */
        {"B", d2, E8(20), 0, true},         {"A", d2 + q, E8(2), E8(3), false},
        {"B", d2 + q, E8(19), 0, true},     {"A", d2 + 2 * q, E8(4), E8(3), false},
        {"B", d2 + 2 * q, E8(23), 0, true}, {"A", d2 + 3 * q, 350000000, E8(3), false},
        {"B", d2 + 3 * q, E8(22), 0, true},
    };
    struct provider *provider = replay(scratch, 0);
    const struct symbol a = sample_symbol("A"), c = sample_symbol("C");
    assert_true(provider->ops->knows(provider, &a));
    assert_false(provider->ops->knows(provider, &c));
    check_replay(provider, rows, COUNT_OF(rows));
    provider->ops->destroy(provider);
}

static void test_bars_in_any_order_and_columns(void **state) {
    struct scratch *scratch = *state;
    /* A's smallest gap is 400 ms, B's 1000 ms; rows and columns out of order, CRLF. */
    write_text(scratch, "close,symbol,low,high,open,ts_ms\r\n"
                        "8,A,5,9,6,2400\r\n"
                        "4,A,1,5,2,2000\r\n"
                        "14,BTC-EUR,11,15,12,2000\r\n"
                        "\r\n"
                        "18,BTC-EUR,15,19,16,3000\r\n");
    const struct expected rows[] = {
        {"A", 2000, E8(2), 0, false},       {"BTC-EUR", 2000, E8(12), 0, true}, {"A", 2100, E8(1), 0, true},
        {"A", 2200, E8(5), 0, true},        {"BTC-EUR", 2250, E8(11), 0, true}, {"A", 2300, E8(4), 0, true},
        {"A", 2400, E8(6), 0, true},        {"A", 2500, E8(5), 0, false},       {"BTC-EUR", 2500, E8(15), 0, true},
        {"A", 2600, E8(9), 0, true},        {"A", 2700, E8(8), 0, true},        {"BTC-EUR", 2750, E8(14), 0, true},
        {"BTC-EUR", 3000, E8(16), 0, true}, {"BTC-EUR", 3250, E8(15), 0, true}, {"BTC-EUR", 3500, E8(19), 0, true},
        {"BTC-EUR", 3750, E8(18), 0, true},
    };
    struct provider *provider = replay(scratch, 0);
    check_replay(provider, rows, COUNT_OF(rows));
    provider->ops->destroy(provider);
}

static void test_ticks_have_the_exact_middle(void **state) {
    struct scratch *scratch = *state;
    const int64_t night = MS_PER_DAY - 1;
    /* Half of 1e-8 rounds away from zero; the same symbol twice at one time; a day turns. */
    write_text(scratch, "symbol,ts_ms,bid,ask\n"
                        "EUR/USD,86399999,1.38756,1.38758\n"
                        "EUR/USD,86399999,0.00000001,0.00000002\n"
                        "EUR/USD,86400000,90000000000,90000000000\n");
    const struct expected rows[] = {
        {"EUR/USD", night, 138757000, 0, true},
        {"EUR/USD", night, 2, 0, true},
        {"EUR/USD", night + 1, DECIMAL_MAX_E8, 2, true},
    };
    struct provider *provider = replay(scratch, 0);
    check_replay(provider, rows, COUNT_OF(rows));
    provider->ops->destroy(provider);
}

static void test_the_clock(void **state) {
    struct scratch *scratch = *state;
    write_text(scratch, "symbol,ts_ms,bid,ask\nA,1000,1,1\nA,3000,2,2\nA,3001,3,3\n");
    struct provider *provider = replay(scratch, 2 * DECIMAL_ONE); /* twice as fast */
    const struct quote *quotes;
    size_t n;
    /* It starts with the first call, not with the file. */
    assert_int_equal(provider->ops->next_due_ms(provider, 50000), 50000);
    assert_int_equal(provider->ops->next(provider, 50000, 1, &quotes, &n), STATUS_OK);
    /* Not accepted: the same again, published at a later time. */
    assert_int_equal(provider->ops->next(provider, 50400, 2, &quotes, &n), STATUS_OK);
    assert_int_equal(quotes[0].price.e8, E8(1));
    assert_int_equal(quotes[0].as_of_ms, 2);
    assert_int_equal(provider->ops->next(provider, 50400, 1, &quotes, &n), STATUS_OK);
    assert_int_equal(quotes[0].as_of_ms, 2); /* our clock was set back */
    provider->ops->accept(provider);
    assert_int_equal(provider->ops->next_due_ms(provider, 50400), 51000);
    assert_int_equal(provider->ops->next(provider, 50999, 3, &quotes, &n), STATUS_NOT_FOUND);
    assert_int_equal(provider->ops->next(provider, 51000, 4, &quotes, &n), STATUS_OK);
    assert_int_equal(quotes[0].price.e8, E8(2));
    provider->ops->accept(provider);
    assert_int_equal(provider->ops->next_due_ms(provider, 51000), 51001); /* half a ms: never too early */
    assert_int_equal(provider->ops->next(provider, 51001, 5, &quotes, &n), STATUS_OK);
    provider->ops->accept(provider);
    struct strbuf health;
    strbuf_init(&health);
    provider->ops->write_health(provider, &health);
    assert_non_null(strstr(strbuf_text(&health), "\"rows\":3,\"symbols\":1,\"finished\":true"));
    strbuf_fini(&health);
    provider->ops->destroy(provider);
}

/* As a spreadsheet writes it: a byte order mark, quotes, a long column of no interest. */
static void test_quoted(void **state) {
    struct scratch *scratch = *state;
    static const struct expected expected[] = {{"A", 1000, E8(3) / 2, 0, true}};
    static char text[10000];
    (void)snprintf(text, sizeof text, "\xef\xbb\xbf%s%0*d",
                   "\"symbol\",ts_ms,bid,ask,\"note, with\na break\"\r\nA,1000,\"1\",\"2\",", 9000, 0);
    write_text(scratch, text);
    struct provider *provider = replay(scratch, 0);
    check_replay(provider, expected, COUNT_OF(expected));
    provider->ops->destroy(provider);
}

static void test_gzip(void **state) {
    struct scratch *scratch = *state;
    static const char text[] = "symbol,ts_ms,bid,ask\nA,1000,1,2\n";
    gzFile file = gzopen(scratch->path, "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(gzclose(file), Z_OK);
    struct provider *provider = replay(scratch, 0);
    const struct expected rows[] = {{"A", 1000, 150000000, 0, true}};
    check_replay(provider, rows, 1);
    provider->ops->destroy(provider);
}

static void test_a_gzip_file_cut_off_is_refused(void **state) {
    struct scratch *scratch = *state;
    char bytes[65536], error[256];
    gzFile file = gzopen(scratch->path, "wb");
    gzputs(file, "symbol,ts_ms,bid,ask\n");
    uint64_t random = 1;
    for (int i = 0; i < 5000; i++)
        gzprintf(file, "A,%d,1.%04d,2\n", 1000 + i, (int)(sample_random(&random) % 10000));
    assert_int_equal(gzclose(file), Z_OK);
    FILE *in = fopen(scratch->path, "r");
    size_t len = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    write_bytes(scratch, bytes, len / 2);
    struct replay_file *loaded = NULL;
    assert_int_not_equal(replay_file_load(scratch->path, &loaded, error, sizeof error), STATUS_OK);
    assert_null(loaded);
}

static void test_splits_of_vendors(void **state) {
    struct scratch *scratch = *state;
    struct replay_file *file;
    char error[256];
    write_text(scratch, "symbol,date,open,high,low,close,split_coefficient\n"
                        "A,2014-06-09,1,1,1,1,7.00000700001\n"
                        "B,2014-06-09,1,1,1,1,1.195\n"
                        "C,2014-06-09,1,1,1,1,1.5\n"
                        "D,2014-06-09,1,1,1,1,0.1\n");
    assert_int_equal(replay_file_load(scratch->path, &file, error, sizeof error), STATUS_OK);
    assert_int_equal(file->splits_n, 4);
    assert_int_equal(replay_file_split(file, 0, 16230), E8(7));
    assert_int_equal(replay_file_split(file, 1, 16230), 119500000);
    assert_int_equal(replay_file_split(file, 2, 16230), 150000000);
    assert_int_equal(replay_file_split(file, 3, 16230), 10000000);
    assert_int_equal(replay_file_split(file, 3, 16231), DECIMAL_ONE);
    replay_file_destroy(&file);
    assert_int_equal(replay_split_apply(1, E8(2)), 1); /* a half rounds away from zero */
    assert_int_equal(replay_split_apply(1, E8(3)), 0); /* no price is left */
    assert_int_equal(replay_split_apply(DECIMAL_MAX_E8, 10000000), 0);
}

static void test_files_refused(void **state) {
    struct scratch *scratch = *state;
    static const struct {
        const char *text, *error; /* the error's end */
    } rows[] = {
        {"", ":1: the file is empty"},
        {"symbol,price\nA,1\n",
         ":1: the header must name symbol, ts_ms or date, and open, high, low, close or bid, ask"},
        {"symbol,ts_ms,bid,ask\n", ":1: there are no rows"},
        {"symbol,ts_ms,bid,ask\nA,1000,1\n", ":2: a column is missing"},
        {"symbol,ts_ms,bid,ask\nA,1000,1,2\nA,x,1,2\n", ":3: not a time in milliseconds"},
        {"symbol,ts_ms,bid,ask\nA,1000,0,2\n", ":2: not a price above 0 with at most 8 decimals"},
        {"symbol,ts_ms,bid,ask\nA,1000,1,NaN\n", ":2: not a price above 0 with at most 8 decimals"},
        {"symbol,ts_ms,bid,ask\nA B,1000,1,2\n", ":2: not a symbol"},
        {"symbol,ts_ms,bid,ask\nA,1000,1,2\n\nA,1000,1,\"2\n", ":4: a quote is not closed"},
        {"symbol,ts_ms,bid,ask\nA,1000,1,2\xff\n", ":2: the bytes are not UTF-8 text"},
        {"symbol,date,open,high,low,close\nA,2020-02-30,1,1,1,1\n", ":2: not a date YYYY-MM-DD"},
        {"symbol,date,open,high,low,close,split_coefficient\nA,2020-02-03,1,1,1,1,0\n", ":2: not a split coefficient"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char error[256] = "";
        struct replay_file *file = NULL;
        write_text(scratch, rows[i].text);
        assert_row(replay_file_load(scratch->path, &file, error, sizeof error) == STATUS_INVALID, rows[i].error);
        assert_row(!file, rows[i].error);
        assert_row(strlen(error) > strlen(rows[i].error), error);
        assert_string_equal(error + strlen(error) - strlen(rows[i].error), rows[i].error);
        assert_int_equal(strncmp(error, scratch->path, strlen(scratch->path)), 0);
    }
    char error[256], commas[6000];
    struct replay_file *file = NULL;
    memset(commas, ',', sizeof commas);
    write_bytes(scratch, commas, sizeof commas);
    assert_int_equal(replay_file_load(scratch->path, &file, error, sizeof error), STATUS_INVALID);
    assert_non_null(strstr(error, ":1: too many fields"));
    assert_int_equal(replay_file_load("/nowhere/file.csv", &file, error, sizeof error), STATUS_IO);
    assert_string_equal(error, "/nowhere/file.csv: cannot be opened");
}

static void test_real_files(void **state) {
    (void)state;
    static const struct {
        const char *file;
        size_t rows_n, symbols_n;
    } rows[] = {{"daily/us_sp500_daily_2019_2020.csv.gz", 148708, 297},
                {"intraday/coinbase_1m_20180404_20180405.csv.gz", 9687, 4},
                {"intraday/fxcm_EURUSD_tick_20140505.csv.gz", 58143, 1},
                {"daily/AAPL_2010_2021.csv", 0, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[128], error[256];
        struct replay_file *file;
        snprintf(path, sizeof path, "../shared/data/%s", rows[i].file);
        if (access(path, R_OK) != 0) {
            print_message("skipped: %s is not there\n", path);
            skip();
        }
        if (replay_file_load(path, &file, error, sizeof error) != STATUS_OK)
            fail_msg("%s", error);
        assert_row(rows[i].rows_n == 0 || file->rows_n == rows[i].rows_n, path);
        assert_row(file->symbols_n == rows[i].symbols_n, path);
        for (size_t at = 1; at < file->ticks_n; at++)
            assert_true(file->ticks[at].time_ms >= file->ticks[at - 1].time_ms);
        replay_file_destroy(&file);
    }
}

int main(void) {
#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(test_daily_bars_with_splits),
        WITH_SCRATCH(test_bars_in_any_order_and_columns),
        WITH_SCRATCH(test_ticks_have_the_exact_middle),
        WITH_SCRATCH(test_the_clock),
        WITH_SCRATCH(test_quoted),
        WITH_SCRATCH(test_gzip),
        WITH_SCRATCH(test_a_gzip_file_cut_off_is_refused),
        WITH_SCRATCH(test_splits_of_vendors),
        WITH_SCRATCH(test_files_refused),
        cmocka_unit_test(test_real_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
