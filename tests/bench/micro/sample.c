/* Owns the made-up data; no random numbers, no clock. Thread: one. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TODAY 20833 /* the date of SAMPLE_NOW_MS, days since 1970 */

void sample_fail(const char *what) {
    (void)fprintf(stderr, "micro bench: this does not hold: %s\n", what);
    exit(1);
}

void *sample_allocate(size_t n, size_t size) {
    void *memory = calloc(n, size);
    sample_require(memory != NULL, "there is enough memory");
    return memory;
}

/* Prices: cents, another one at each move of the symbol. */
static int64_t price_e8(size_t symbol, uint64_t tick) {
    uint64_t cents = 10000 + (uint64_t)(symbol % 500) * 100 + (tick * 37 + (uint64_t)symbol * 11) % 1000;
    return (int64_t)cents * (DECIMAL_ONE / 100);
}

void sample_init(struct sample *sample, const struct sample_config *config) {
    sample_require(config->positions_n > 0 && config->positions_n <= config->symbols_n, "there are enough symbols");
    *sample = (struct sample){.config = *config};
    sample->quotes = sample_allocate(config->symbols_n, sizeof *sample->quotes);
    sample->holders_n = sample_allocate(config->symbols_n, sizeof *sample->holders_n);
    sample->picked = sample_allocate(config->positions_n, sizeof *sample->picked);
    for (size_t i = 0; i < config->symbols_n; i++) {
        struct quote *quote = &sample->quotes[i];
        quote->symbol.len = (uint8_t)snprintf(quote->symbol.text, sizeof quote->symbol.text, "S%05zu", i);
        memcpy(quote->currency.code, "USD", 4);
        quote->price.e8 = price_e8(i, 0);
        quote->previous_close.e8 = price_e8(i, 3);
        quote->session = TODAY;
        quote->as_of_ms = SAMPLE_NOW_MS;
        memcpy(quote->source, "publish", 8);
    }
}

void sample_fini(struct sample *sample) {
    free(sample->quotes);
    free(sample->holders_n);
    free(sample->picked);
    *sample = (struct sample){0};
}

size_t sample_move(struct sample *sample, size_t first, size_t step, int64_t as_of_ms, struct quote *out) {
    size_t n = 0;
    sample->ticks_n++;
    for (size_t i = first; i < sample->config.symbols_n; i += step) {
        sample->quotes[i].price.e8 = price_e8(i, sample->ticks_n);
        sample->quotes[i].as_of_ms = as_of_ms;
        out[n++] = sample->quotes[i];
    }
    return n;
}

uint64_t sample_touched(const struct sample *sample, size_t first, size_t step) {
    uint64_t touched_n = 0;
    for (size_t i = first; i < sample->config.symbols_n; i += step)
        touched_n += sample->holders_n[i];
    return touched_n;
}

static int by_number(const void *a, const void *b) {
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return left < right ? -1 : left > right;
}

/* splitmix64 of a number: the same portfolio is the same in each run. */
static uint64_t scatter(uint64_t z) {
    z = (z + 1) * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Distinct symbols in order into sample->picked. */
static void pick_symbols(struct sample *sample, size_t portfolio) {
    const struct sample_config *config = &sample->config;
    size_t n = config->positions_n, symbols_n = config->symbols_n, stripe = symbols_n / n;
    for (size_t j = 0; j < n; j++) {
        size_t at = portfolio * n + j;
        if (config->choice == SAMPLE_IN_A_ROW)
            sample->picked[j] = at % symbols_n;
        else if (config->choice == SAMPLE_ONE_IN_ALL)
            sample->picked[j] = j == 0 ? 0 : 1 + (portfolio * (n - 1) + j - 1) % (symbols_n - 1);
        else /* one of each stripe, the last stripe with what is left over */
            sample->picked[j] = j * stripe + (size_t)(scatter(at) % (j + 1 < n ? stripe : symbols_n - j * stripe));
    }
    qsort(sample->picked, n, sizeof *sample->picked, by_number);
}

struct uuid sample_portfolio_id(size_t portfolio) {
    struct uuid id = {{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80}};
    for (size_t i = 0; i < 6; i++)
        id.bytes[15 - i] = (uint8_t)(portfolio >> (8 * i));
    return id;
}

struct holdings *sample_holdings(struct sample *sample, size_t portfolio) {
    size_t n = sample->config.positions_n;
    struct holdings *holdings = sample_allocate(1, sizeof *holdings);
    holdings->portfolio_id = sample_portfolio_id(portfolio);
    (void)snprintf(holdings->name, sizeof holdings->name, "Bench %zu", portfolio);
    memcpy(holdings->base_currency.code, "USD", 4);
    holdings->cash_balance.e8 = 1234 * (int128)DECIMAL_ONE;
    holdings->version = 1;
    holdings->positions_n = holdings->lots_n = n;
    holdings->positions = sample_allocate(n, sizeof *holdings->positions);
    holdings->lots = sample_allocate(n, sizeof *holdings->lots);
    pick_symbols(sample, portfolio);
    for (size_t j = 0; j < n; j++) {
        struct quantity quantity = {DECIMAL_ONE + (int64_t)j * 125 * (DECIMAL_ONE / 100)};
        struct price price = {(int64_t)(100 + j) * DECIMAL_ONE};
        holdings->positions[j] = (struct holdings_position){.version = 1, .lots_first = j, .lots_n = 1};
        holdings->positions[j].symbol = sample->quotes[sample->picked[j]].symbol;
        holdings->lots[j] = (struct holdings_lot){
            .quantity = quantity, .cost_basis = amount_product(quantity, price), .purchase_date = TODAY - 1000};
        sample->holders_n[sample->picked[j]]++;
    }
    return holdings;
}
