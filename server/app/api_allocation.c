/* GET /portfolios/{id}/allocation?by=…: shares of a portfolio's market value.
 * The values are those of the loop's last pass; what an asset is comes from the
 * database after that, so there is no race between the two. Cash is a slice of
 * its own, and so is what is not known; a row without a price is in none, it is
 * counted. Refuses other words for `by`. Thread: L, but for the slices, which a
 * worker makes. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "base/map.h"
#include "domain/allocation.h"
#include "store/asset_catalog.h"

#include <stdlib.h>
#include <string.h>

enum allocation_by { BY_ASSET_CLASS, BY_SECTOR, BY_INDUSTRY, BY_CURRENCY, BY_EXCHANGE, BY_COUNTRY, BY_SYMBOL, BY_N };

static const char *const by_names[BY_N] = {"asset_class", "sector",  "industry", "currency",
                                           "exchange",    "country", "symbol"};

struct allocation_row {
    struct symbol symbol;
    struct currency currency;
    struct amount value; /* in the portfolio's currency */
};

struct allocation_slice {
    const char *name; /* NULL: not known, or cash */
    struct amount value;
    size_t positions_n;
    bool is_cash;
};

struct allocation {
    enum allocation_by by;
    struct currency base_currency;
    struct amount cash;
    uint64_t version;
    int64_t as_of_ms;
    size_t unpriced_n;
    size_t rows_n;
    struct allocation_row rows[];
};

/* --- slices, on a worker --- */

/* What the row belongs to; NULL: it is not known. */
static const char *row_name(const struct allocation *allocation, const struct allocation_row *row,
                            const struct asset_row *asset) {
    switch (allocation->by) {
    case BY_ASSET_CLASS:
        return asset->asset_class;
    case BY_SECTOR:
        return asset->sector;
    case BY_INDUSTRY:
        return asset->industry;
    case BY_EXCHANGE:
        return asset->exchange_mic;
    case BY_COUNTRY:
        return asset->country;
    case BY_CURRENCY:
        return row->currency.code;
    default:
        return row->symbol.text;
    }
}

/* The largest first; then what is not known, then cash. */
static int slice_compare(const void *a_pointer, const void *b_pointer) {
    const struct allocation_slice *a = a_pointer, *b = b_pointer;
    int a_kind = a->is_cash ? 2 : a->name ? 0 : 1, b_kind = b->is_cash ? 2 : b->name ? 0 : 1;
    if (a_kind != b_kind)
        return a_kind - b_kind;
    if (a->value.e8 != b->value.e8)
        return a->value.e8 > b->value.e8 ? -1 : 1;
    return a->name && b->name ? strcmp(a->name, b->name) : 0;
}

/* One slice a name; slices has room for each row and the cash. */
static enum status slices_fill(const struct allocation *allocation, const struct db_rows *assets,
                               struct allocation_slice *slices, size_t *ret_n) {
    struct map by_name;
    struct allocation_slice *unknown = NULL;
    enum status status = STATUS_OK;
    size_t n = 0;
    map_init(&by_name);
    for (size_t i = 0; i < allocation->rows_n && status == STATUS_OK; i++) {
        const struct allocation_row *row = &allocation->rows[i];
        struct asset_row asset = {0};
        if (assets)
            status = asset_read(assets, i, &asset);
        const char *name = row_name(allocation, row, &asset);
        struct allocation_slice *slice = name ? map_get(&by_name, name, strlen(name)) : unknown;
        if (!slice) {
            slice = &slices[n++];
            *slice = (struct allocation_slice){.name = name};
            if (!name)
                unknown = slice;
            else if (status == STATUS_OK)
                status = map_put(&by_name, name, strlen(name), slice, NULL);
        }
        slice->positions_n++;
        if (status == STATUS_OK)
            status = amount_add(slice->value, row->value, &slice->value);
    }
    map_fini(&by_name);
    if (allocation->cash.e8 != 0)
        slices[n++] = (struct allocation_slice){.value = allocation->cash, .is_cash = true};
    *ret_n = n;
    return status;
}

static void slice_write(struct strbuf *out, const struct allocation_slice *slice, const struct amount *weight) {
    strbuf_append_char(out, '{');
    json_text(out, "kind", slice->is_cash ? "cash" : slice->name ? "group" : "unknown");
    json_text(out, "name", slice->name);
    json_amount(out, "value", slice->value);
    if (weight)
        json_amount(out, "weight", *weight);
    if (!slice->is_cash)
        json_i64(out, "positions_n", (int64_t)slice->positions_n);
    strbuf_append_char(out, '}');
}

static enum status slices_write(struct api_call *call, const struct allocation_slice *slices, size_t n,
                                struct amount *values, struct amount *weights) {
    const struct allocation *allocation = call->data;
    struct strbuf *out = &call->out;
    struct amount total = {0};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        values[i] = slices[i].value;
        status = amount_add(total, values[i], &total);
    }
    bool has_weights = false;
    if (status == STATUS_OK) {
        status = allocation_weigh(values, n, weights);
        has_weights = status == STATUS_OK;
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    strbuf_clear(out);
    strbuf_append_char(out, '{');
    json_uuid(out, "portfolio_id", &call->id);
    json_text(out, "by", by_names[allocation->by]);
    json_text(out, "base_currency", allocation->base_currency.code);
    json_i64(out, "version", (int64_t)allocation->version);
    json_time_us(out, "as_of", allocation->as_of_ms * 1000);
    json_amount(out, "total_value", total);
    json_i64(out, "unpriced", (int64_t)allocation->unpriced_n);
    json_key(out, "slices");
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            strbuf_append_char(out, ',');
        slice_write(out, &slices[i], has_weights ? &weights[i] : NULL);
    }
    strbuf_append_text(out, "]}");
    return STATUS_OK;
}

static enum status slices_work(struct api_call *call, struct db *db) {
    const struct allocation *allocation = call->data;
    bool needs_assets = allocation->by != BY_CURRENCY && allocation->by != BY_SYMBOL;
    size_t capacity = allocation->rows_n + 1, n = 0;
    db_rows_destroy(&call->rows);
    if (needs_assets) {
        const struct symbol *first = allocation->rows_n ? &allocation->rows[0].symbol : NULL;
        enum status status =
            asset_catalog_get_many(db, first, sizeof allocation->rows[0], allocation->rows_n, &call->rows);
        if (status != STATUS_OK)
            return status;
    }
    struct allocation_slice *slices = calloc(capacity, sizeof *slices);
    struct amount *amounts = calloc(2 * capacity, sizeof *amounts);
    enum status status = slices && amounts ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = slices_fill(allocation, call->rows, slices, &n);
    if (status == STATUS_OK) {
        qsort(slices, n, sizeof *slices, slice_compare);
        status = slices_write(call, slices, n, amounts, amounts + capacity);
    }
    free(slices);
    free(amounts);
    return status;
}

static void on_sliced(struct api_call *call) {
    if (call->job.status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, call->job.status, "portfolio");
}

/* --- values, on the loop --- */

static void row_add(struct allocation *allocation, const struct portfolio_state *state, const struct price_book *book,
                    size_t index) {
    const struct position *position = &state->portfolio->positions[index];
    const struct price_book_entry *entry = price_book_entry_at(book, position->symbol);
    struct position_value value = position_value_base_now(state->portfolio, position, book);
    if (!value.is_priced) {
        allocation->unpriced_n++;
        return;
    }
    allocation->rows[allocation->rows_n++] = (struct allocation_row){
        .symbol = entry->symbol, .currency = currency_major(entry->quote.currency), .value = value.current_value};
}

static void on_state(void *context, enum status status, const struct price_book *book,
                     const struct portfolio_state *states, size_t n) {
    struct api_call *call = context;
    const struct portfolio_state *state = n == 1 ? states : NULL;
    if (status == STATUS_OK)
        status = state ? state->status : STATUS_INTERNAL;
    if (status == STATUS_OK && !api_gate_covers(call, &state->customer_id))
        status = STATUS_NOT_FOUND;
    if (status != STATUS_OK || !state) {
        api_call_fail(call, status, "portfolio");
        return;
    }
    const struct portfolio *portfolio = state->portfolio;
    enum allocation_by by = ((const struct allocation *)call->data)->by;
    free(call->data);
    call->data = NULL;
    if (!api_call_data(call, sizeof(struct allocation) + portfolio->positions_n * sizeof(struct allocation_row)))
        return;
    struct allocation *allocation = call->data;
    allocation->by = by;
    allocation->base_currency = portfolio->base_currency;
    allocation->cash = state->totals.cash_balance;
    allocation->version = portfolio->version;
    allocation->as_of_ms = state->as_of_ms;
    for (size_t i = 0; i < portfolio->positions_n; i++)
        row_add(allocation, state, book, i);
    api_call_work(call, slices_work, on_sliced);
}

static enum allocation_by by_read(struct api_call *call) {
    char text[QUERY_VALUE_MAX + 1] = "";
    enum status status = query_get(call->http->query, "by", text);
    for (size_t by = 0; by < BY_N && status == STATUS_OK; by++) {
        if (strcmp(by_names[by], text) == 0)
            return (enum allocation_by)by;
    }
    if (status != STATUS_NOT_FOUND)
        problem_add_field(&call->problem, "by", ERROR_INVALID_FIELD,
                          "must be one of asset_class, sector, industry, currency, exchange, country, symbol");
    return BY_ASSET_CLASS;
}

void api_portfolios_get_allocation(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio") || !api_call_data(call, sizeof(struct allocation)))
        return;
    ((struct allocation *)call->data)->by = by_read(call);
    if (!api_call_is_valid(call))
        return;
    enum status status = states_request(call->api->shard, &call->id, 1, on_state, call);
    if (status != STATUS_OK)
        api_call_fail(call, status, "portfolio");
}
