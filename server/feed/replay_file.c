/* A CSV of bars or ticks in memory. It owns rows, symbols and splits; it
 * refuses a file with a row that it cannot read, naming the line.
 * Thread: main. */
#include "feed/replay_file.h"

#include "base/csv.h"
#include "base/map.h"
#include "base/text_file.h"
#include "base/timestamp.h"
#include "feed/quote_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column { SYMBOL, TS_MS, DATE, OPEN, HIGH, LOW, CLOSE, BID, ASK, SPLIT, COLUMN_N };
enum row_kind { ROW_BAR, ROW_DAILY_BAR, ROW_TICK };

#define PHASES 4 /* prices of a bar */

struct interned {
    struct symbol symbol; /* first: the file's symbols point at it */
    uint32_t index;
    int64_t last_ms, gap_ms; /* while spans are computed; gap 0: none seen */
};

struct loading {
    struct csv csv;
    struct replay_file *file;
    struct map symbols; /* -> struct interned */
    int at[COLUMN_N];   /* a column's place, -1 = absent */
    enum row_kind kind;
    const char *reason; /* of the failure */
};

/* ---- growing arrays ---- */

static void *array_grow(void *array, size_t *capacity, size_t n, size_t size) {
    if (n < *capacity)
        return array;
    size_t wanted = *capacity ? *capacity * 2 : 1024;
    void *grown = realloc(array, wanted * size);
    if (grown)
        *capacity = wanted;
    return grown;
}

static enum status tick_add(struct replay_file *file, int64_t time_ms, int64_t price_e8, uint32_t symbol,
                            uint32_t order) {
    struct replay_tick *ticks = array_grow(file->ticks, &file->ticks_capacity, file->ticks_n, sizeof *ticks);
    if (!ticks)
        return STATUS_NO_MEMORY;
    file->ticks = ticks;
    ticks[file->ticks_n++] =
        (struct replay_tick){.time_ms = time_ms, .price_e8 = price_e8, .symbol = symbol, .order = order};
    return STATUS_OK;
}

static enum status split_add(struct replay_file *file, uint32_t symbol, int32_t date, int64_t ratio_e8) {
    struct replay_split *splits = array_grow(file->splits, &file->splits_capacity, file->splits_n, sizeof *splits);
    if (!splits)
        return STATUS_NO_MEMORY;
    file->splits = splits;
    splits[file->splits_n++] = (struct replay_split){.symbol = symbol, .date = date, .ratio_e8 = ratio_e8};
    return STATUS_OK;
}

static enum status symbol_intern(struct loading *loading, const char *text, size_t len, struct interned **ret) {
    struct replay_file *file = loading->file;
    struct symbol symbol;
    if (symbol_parse(text, len, &symbol) != STATUS_OK) {
        loading->reason = "not a symbol";
        return STATUS_INVALID;
    }
    struct interned *interned = map_get(&loading->symbols, symbol.text, symbol.len);
    if (!interned) {
        struct symbol **symbols =
            array_grow(file->symbols, &file->symbols_capacity, file->symbols_n, sizeof(struct symbol *));
        if (!symbols)
            return STATUS_NO_MEMORY;
        file->symbols = symbols;
        interned = calloc(1, sizeof *interned);
        if (!interned)
            return STATUS_NO_MEMORY;
        interned->symbol = symbol;
        interned->index = (uint32_t)file->symbols_n;
        if (map_put(&loading->symbols, interned->symbol.text, symbol.len, interned, NULL) != STATUS_OK) {
            free(interned);
            return STATUS_NO_MEMORY;
        }
        symbols[file->symbols_n++] = &interned->symbol;
    }
    *ret = interned;
    return STATUS_OK;
}

/* ---- the header ---- */

static bool has_columns(const struct loading *loading, const enum column *columns, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (loading->at[columns[i]] < 0)
            return false;
    }
    return true;
}

static enum status header_read(struct loading *loading) {
    static const char *const names[COLUMN_N] = {"symbol", "ts_ms", "date", "open", "high",
                                                "low",    "close", "bid",  "ask",  "split_coefficient"};
    static const enum column tick[] = {SYMBOL, TS_MS, BID, ASK}, bar[] = {SYMBOL, TS_MS, OPEN, HIGH, LOW, CLOSE},
                             daily[] = {SYMBOL, DATE, OPEN, HIGH, LOW, CLOSE};
    enum status status = csv_next(&loading->csv);
    if (status != STATUS_OK) {
        loading->reason = status == STATUS_NOT_FOUND ? "the file is empty" : loading->csv.reason;
        return status == STATUS_NOT_FOUND ? STATUS_INVALID : status;
    }
    for (size_t i = 0; i < COLUMN_N; i++) {
        loading->at[i] = -1;
        for (size_t j = 0; j < loading->csv.fields_n; j++) {
            if (strcmp(loading->csv.fields[j], names[i]) == 0)
                loading->at[i] = (int)j;
        }
    }
    if (has_columns(loading, bar, sizeof bar / sizeof bar[0]))
        loading->kind = ROW_BAR;
    else if (has_columns(loading, daily, sizeof daily / sizeof daily[0]))
        loading->kind = ROW_DAILY_BAR;
    else if (has_columns(loading, tick, sizeof tick / sizeof tick[0]))
        loading->kind = ROW_TICK;
    else {
        loading->reason = "the header must name symbol, ts_ms or date, and open, high, low, close or bid, ask";
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

/* ---- rows ---- */

static enum status field_get(struct loading *loading, enum column column, const char **ret_text, size_t *ret_len) {
    size_t place = (size_t)loading->at[column];
    if (place >= loading->csv.fields_n) {
        loading->reason = "a column is missing";
        return STATUS_INVALID;
    }
    *ret_text = loading->csv.fields[place];
    *ret_len = loading->csv.lens[place];
    return STATUS_OK;
}

static enum status price_get(struct loading *loading, enum column column, int64_t *ret_e8) {
    const char *text;
    size_t len;
    struct price price;
    enum status status = field_get(loading, column, &text, &len);
    if (status != STATUS_OK)
        return status;
    if (quote_price_parse(text, len, &price) != STATUS_OK) {
        loading->reason = "not a price above 0 with at most 8 decimals";
        return STATUS_INVALID;
    }
    *ret_e8 = price.e8;
    return STATUS_OK;
}

static enum status time_get(struct loading *loading, int64_t *ret_ms) {
    const char *text;
    size_t len;
    int32_t days;
    int64_t ms = 0;
    enum status status = field_get(loading, loading->kind == ROW_DAILY_BAR ? DATE : TS_MS, &text, &len);
    if (status != STATUS_OK)
        return status;
    if (loading->kind == ROW_DAILY_BAR) {
        if (date_parse(text, len, &days) != STATUS_OK) {
            loading->reason = "not a date YYYY-MM-DD";
            return STATUS_INVALID;
        }
        *ret_ms = (int64_t)days * MS_PER_DAY;
        return STATUS_OK;
    }
    loading->reason = "not a time in milliseconds";
    if (len == 0 || len > 14)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return STATUS_INVALID;
        ms = ms * 10 + (text[i] - '0');
    }
    *ret_ms = ms;
    return STATUS_OK;
}

/* Vendors write 7.00000700001 for 7:1. What is within a hundred-thousandth of a
 * whole number is that number; digits past the eighth do not count. */
static enum status ratio_get(struct loading *loading, int64_t *ret_e8) {
    const char *text, *point;
    size_t len;
    int64_t e8;
    enum status status = field_get(loading, SPLIT, &text, &len);
    if (status != STATUS_OK)
        return status;
    point = memchr(text, '.', len);
    if (point && len > (size_t)(point - text) + 9)
        len = (size_t)(point - text) + 9;
    if (decimal_parse(text, len, &e8) != STATUS_OK || e8 <= 0) {
        loading->reason = "not a split coefficient";
        return STATUS_INVALID;
    }
    int64_t whole = (e8 + DECIMAL_ONE / 2) / DECIMAL_ONE * DECIMAL_ONE;
    int64_t off = e8 > whole ? e8 - whole : whole - e8;
    *ret_e8 = whole > 0 && off <= whole / 100000 ? whole : e8;
    return STATUS_OK;
}

static enum status tick_row_read(struct loading *loading, uint32_t symbol, int64_t time_ms, uint32_t order) {
    int64_t bid, ask;
    enum status status = price_get(loading, BID, &bid);
    if (status == STATUS_OK)
        status = price_get(loading, ASK, &ask);
    if (status != STATUS_OK)
        return status;
    /* Both are above 0: adding one rounds the half away from zero. */
    int64_t middle = bid / 2 + ask / 2 + (bid % 2 + ask % 2 + 1) / 2;
    return tick_add(loading->file, time_ms, middle, symbol, order);
}

static enum status bar_row_read(struct loading *loading, uint32_t symbol, int64_t time_ms, uint32_t order) {
    static const enum column columns[PHASES] = {OPEN, LOW, HIGH, CLOSE};
    int64_t prices[PHASES], ratio_e8;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < PHASES && status == STATUS_OK; i++)
        status = price_get(loading, columns[i], &prices[i]);
    /* The time is the bar's for now; phases move when the spans are known. */
    for (size_t i = 0; i < PHASES && status == STATUS_OK; i++)
        status = tick_add(loading->file, time_ms, prices[i], symbol, order + (uint32_t)i);
    if (status != STATUS_OK || loading->at[SPLIT] < 0)
        return status;
    status = ratio_get(loading, &ratio_e8);
    if (status == STATUS_OK && ratio_e8 != DECIMAL_ONE)
        status = split_add(loading->file, symbol, timestamp_date(time_ms), ratio_e8);
    return status;
}

static enum status row_read(struct loading *loading) {
    const char *text;
    size_t len;
    int64_t time_ms;
    struct interned *interned;
    if (loading->file->rows_n >= REPLAY_ROWS_MAX) {
        loading->reason = "more than 10000000 rows";
        return STATUS_LIMIT;
    }
    enum status status = field_get(loading, SYMBOL, &text, &len);
    if (status == STATUS_OK)
        status = symbol_intern(loading, text, len, &interned);
    if (status == STATUS_OK)
        status = time_get(loading, &time_ms);
    if (status != STATUS_OK)
        return status;
    uint32_t order = (uint32_t)loading->file->rows_n++ * PHASES;
    return loading->kind == ROW_TICK ? tick_row_read(loading, interned->index, time_ms, order)
                                     : bar_row_read(loading, interned->index, time_ms, order);
}

/* ---- order and spans ---- */

static int tick_compare(const void *a, const void *b) {
    const struct replay_tick *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int split_compare(const void *a, const void *b) {
    const struct replay_split *x = a, *y = b;
    if (x->symbol != y->symbol)
        return x->symbol < y->symbol ? -1 : 1;
    return x->date < y->date ? -1 : x->date > y->date;
}

int64_t replay_file_split(const struct replay_file *file, uint32_t symbol, int32_t date) {
    const struct replay_split key = {.symbol = symbol, .date = date};
    const struct replay_split *split =
        file->splits_n ? bsearch(&key, file->splits, file->splits_n, sizeof key, split_compare) : NULL;
    return split ? split->ratio_e8 : DECIMAL_ONE;
}

static struct interned *interned_at(const struct replay_file *file, uint32_t index) {
    return (struct interned *)(void *)file->symbols[index];
}

/* A bar's span is the smallest positive gap between two bars of its symbol. */
static void phases_spread(struct loading *loading) {
    struct replay_file *file = loading->file;
    for (size_t i = 0; i < file->ticks_n; i++) {
        struct interned *interned = interned_at(file, file->ticks[i].symbol);
        int64_t gap_ms = file->ticks[i].time_ms - interned->last_ms;
        if (interned->last_ms != 0 && gap_ms > 0 && (interned->gap_ms == 0 || gap_ms < interned->gap_ms))
            interned->gap_ms = gap_ms;
        interned->last_ms = file->ticks[i].time_ms;
    }
    for (size_t i = 0; i < file->ticks_n; i++) {
        const struct interned *interned = interned_at(file, file->ticks[i].symbol);
        int64_t span_ms = interned->gap_ms > 0 ? interned->gap_ms : 1;
        if (loading->kind == ROW_DAILY_BAR)
            span_ms = MS_PER_DAY;
        file->ticks[i].time_ms += span_ms * (int64_t)(file->ticks[i].order % PHASES) / PHASES;
    }
    qsort(file->ticks, file->ticks_n, sizeof *file->ticks, tick_compare);
}

static enum status rows_read(struct loading *loading) {
    enum status status = header_read(loading);
    while (status == STATUS_OK) {
        status = csv_next(&loading->csv);
        if (status == STATUS_OK)
            status = row_read(loading);
        else if (status != STATUS_NOT_FOUND)
            loading->reason = loading->csv.reason;
    }
    if (status != STATUS_NOT_FOUND)
        return status;
    if (loading->file->rows_n == 0) {
        loading->reason = "there are no rows";
        return STATUS_INVALID;
    }
    qsort(loading->file->ticks, loading->file->ticks_n, sizeof *loading->file->ticks, tick_compare);
    if (loading->file->splits_n > 0)
        qsort(loading->file->splits, loading->file->splits_n, sizeof *loading->file->splits, split_compare);
    if (loading->kind != ROW_TICK)
        phases_spread(loading);
    return STATUS_OK;
}

static const char *text_reason(enum status status) {
    switch (status) {
    case STATUS_NOT_FOUND:
        return "cannot be opened";
    case STATUS_LIMIT:
        return "is larger than 1 GiB";
    case STATUS_IO:
        return "cannot be read to its end";
    default:
        return "out of memory";
    }
}

static enum status text_load(struct loading *loading, const char *path, char *error, size_t error_len) {
    char *text;
    size_t len;
    enum status status = text_file_read(path, REPLAY_BYTES_MAX, &text, &len);
    if (status != STATUS_OK) {
        snprintf(error, error_len, "%s: %s", path, text_reason(status));
        return status == STATUS_NOT_FOUND ? STATUS_IO : status;
    }
    map_init(&loading->symbols);
    csv_init(&loading->csv, text, len);
    status = rows_read(loading);
    if (status != STATUS_OK)
        snprintf(error, error_len, "%s:%zu: %s", path, loading->csv.row > 0 ? loading->csv.row : 1,
                 status == STATUS_NO_MEMORY ? "out of memory" : loading->reason);
    map_fini(&loading->symbols);
    free(text);
    return status;
}

enum status replay_file_load(const char *path, struct replay_file **ret_file, char *error, size_t error_len) {
    struct loading loading = {.file = calloc(1, sizeof(struct replay_file))};
    if (!loading.file) {
        snprintf(error, error_len, "%s: out of memory", path);
        return STATUS_NO_MEMORY;
    }
    enum status status = text_load(&loading, path, error, error_len);
    if (status == STATUS_OK)
        *ret_file = loading.file;
    else
        replay_file_destroy(&loading.file);
    return status;
}

void replay_file_destroy(struct replay_file **file) {
    struct replay_file *it = *file;
    if (!it)
        return;
    for (size_t i = 0; i < it->symbols_n; i++)
        free(interned_at(it, (uint32_t)i));
    free(it->symbols);
    free(it->ticks);
    free(it->splits);
    free(it);
    *file = NULL;
}

int64_t replay_split_apply(int64_t close_e8, int64_t ratio_e8) {
    int128 scaled = (int128)close_e8 * DECIMAL_ONE;
    int128 rounded = (scaled + ratio_e8 / 2) / ratio_e8;
    return rounded > 0 && rounded <= DECIMAL_MAX_E8 ? (int64_t)rounded : 0;
}
