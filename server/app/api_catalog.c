/* GET /assets and /assets/{symbol}: assets found by symbol or name, and what is
 * known of one. Assets are not deletable: whatever was held once may be held
 * again. Refuses filters and cursors that are none. Thread: L, but for the
 * …_work functions, which run on W. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/etag.h"
#include "app/list_query.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "store/asset_catalog.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct asset_search_input {
    struct asset_search search;
    char query[QUERY_VALUE_MAX + 1];
    struct symbol symbol;
    char exchange_mic[5];
    struct currency currency;
    char fingerprint[LIST_FINGERPRINT_LEN + 1];
};

static void last_price_write(struct strbuf *out, const struct quote *quote) {
    json_key(out, "last_price");
    strbuf_append_char(out, '{');
    json_quote(out, quote);
    json_key(out, "stale");
    strbuf_append_text(out, quote->stale ? "true}" : "false}");
}

/* The object without its closing brace. */
static void asset_write(struct strbuf *out, const struct asset_row *asset) {
    strbuf_append_char(out, '{');
    json_text(out, "ticker_symbol", asset->symbol.text);
    json_text(out, "name", asset->name);
    json_text(out, "asset_class", asset->asset_class);
    json_text(out, "currency", asset->currency);
    json_text(out, "exchange_mic", asset->exchange_mic);
    json_text(out, "sector", asset->sector);
    json_text(out, "industry", asset->industry);
    json_text(out, "country", asset->country);
}

/* --- one --- */

static enum status get_work(struct api_call *call, struct db *db) {
    struct row_scope scope = api_gate_scope_of_assets(call);
    return asset_catalog_get(db, call->data, &scope, &call->rows);
}

static void on_got(struct api_call *call) {
    struct asset_row asset;
    enum status status = call->job.status;
    if (status == STATUS_OK)
        status = asset_read(call->rows, 0, &asset);
    if (status != STATUS_OK) {
        api_call_fail(call, status, "asset");
        return;
    }
    asset_write(&call->out, &asset);
    json_key(&call->out, "provider_symbols");
    strbuf_append_text(&call->out, asset.provider_symbols);
    const struct quote *quote = shard_quote(call->api->shard, &asset.symbol);
    if (quote)
        last_price_write(&call->out, quote);
    json_time_us(&call->out, "created_at", asset.created_us);
    json_time_us(&call->out, "updated_at", asset.updated_us);
    strbuf_append_char(&call->out, '}');
    /* The price is not the ETag's: no 304. */
    (void)snprintf(call->etag, sizeof call->etag, "%s", asset.etag);
    api_call_respond(call, 200);
}

void api_assets_get(struct api_call *call) {
    struct symbol symbol;
    const char *text = call->params.texts[0];
    if (symbol_parse(text, strlen(text), &symbol) != STATUS_OK) {
        api_call_fail(call, STATUS_NOT_FOUND, "asset");
        return;
    }
    if (!api_call_data(call, sizeof symbol))
        return;
    *(struct symbol *)call->data = symbol;
    api_call_work(call, get_work, on_got);
}

/* --- many --- */

static const char *const search_filters[] = {"query", "asset_class", "exchange_mic", "currency", NULL};

/* "<fingerprint>.<rank>.<symbol>" */
static bool cursor_parse(const char *cursor, const char *fingerprint, struct asset_key *ret_key) {
    const char *text = list_query_cursor_rest(cursor, fingerprint);
    struct asset_key key = {.rank = text ? text[0] - '0' : -1};
    if (key.rank < 0 || key.rank > 3 || text[1] != '.' ||
        symbol_parse(text + 2, strlen(text + 2), &key.symbol) != STATUS_OK)
        return false;
    *ret_key = key;
    return true;
}

/* True when the parameter was given and can be looked at. */
static bool parameter_read(struct api_call *call, const char *name, const char *reason,
                           char ret_value[QUERY_VALUE_MAX + 1]) {
    enum status status = query_get(call->http->query, name, ret_value);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        problem_add_field(&call->problem, name, ERROR_INVALID_FIELD, "%s", reason);
    return status == STATUS_OK;
}

static void class_read(struct api_call *call, struct asset_search *search) {
    static const char reason[] = "must be one of EQUITY, ETF, FUND, BOND, CRYPTO, CURRENCY, COMMODITY, INDEX, OTHER";
    char value[QUERY_VALUE_MAX + 1];
    if (!parameter_read(call, "asset_class", reason, value))
        return;
    for (const char *const *class = asset_classes; *class; class ++) {
        if (strcasecmp(*class, value) == 0)
            search->asset_class = *class;
    }
    if (!search->asset_class)
        problem_add_field(&call->problem, "asset_class", ERROR_INVALID_FIELD, "%s", reason);
}

static void mic_read(struct api_call *call, struct asset_search_input *input) {
    static const char reason[] = "must be four letters or digits (ISO 10383)";
    char value[QUERY_VALUE_MAX + 1];
    if (!parameter_read(call, "exchange_mic", reason, value))
        return;
    struct symbol folded; /* folds as we want it */
    if (strlen(value) == 4 && symbol_parse(value, 4, &folded) == STATUS_OK && !strpbrk(value, ".-_:=^/")) {
        memcpy(input->exchange_mic, folded.text, sizeof input->exchange_mic);
        input->search.exchange_mic = input->exchange_mic;
    } else {
        problem_add_field(&call->problem, "exchange_mic", ERROR_INVALID_FIELD, "%s", reason);
    }
}

static void currency_read(struct api_call *call, struct asset_search_input *input) {
    static const char reason[] = "must be a currency code of three letters";
    char value[QUERY_VALUE_MAX + 1];
    if (!parameter_read(call, "currency", reason, value))
        return;
    if (currency_parse(value, strlen(value), &input->currency) == STATUS_OK)
        input->search.currency = input->currency.code;
    else
        problem_add_field(&call->problem, "currency", ERROR_INVALID_FIELD, "%s", reason);
}

/* Without the white space around it; also as the symbol it may be. */
static void words_read(struct api_call *call, struct asset_search_input *input) {
    char value[QUERY_VALUE_MAX + 1];
    if (!parameter_read(call, "query", "must be at most 256 bytes of text, given once", value))
        return;
    size_t start = strspn(value, " \t"), len = strlen(value);
    while (len > start && strchr(" \t", value[len - 1]))
        len--;
    (void)snprintf(input->query, sizeof input->query, "%.*s", (int)(len - start), value + start);
    if (symbol_parse(input->query, strlen(input->query), &input->symbol) != STATUS_OK)
        input->symbol.text[0] = '\0';
}

static enum status search_work(struct api_call *call, struct db *db) {
    const struct asset_search_input *input = call->data;
    return asset_catalog_search(db, &input->search, &call->rows);
}

static void on_found(struct api_call *call) {
    const struct asset_search_input *input = call->data;
    enum status status = call->job.status;
    size_t n = status == STATUS_OK ? db_rows_n(call->rows) : 0;
    bool has_more = n > input->search.limit;
    struct asset_row asset = {0};
    strbuf_append_text(&call->out, "{\"items\":[");
    for (size_t i = 0; i < n - has_more && status == STATUS_OK; i++) {
        if (i > 0)
            strbuf_append_char(&call->out, ',');
        status = asset_read(call->rows, i, &asset);
        asset_write(&call->out, &asset);
        strbuf_append_char(&call->out, '}');
    }
    if (status != STATUS_OK) {
        api_call_fail(call, status, "asset");
        return;
    }
    strbuf_append_char(&call->out, ']');
    if (has_more) {
        char cursor[QUERY_CURSOR_MAX];
        (void)snprintf(cursor, sizeof cursor, "%s.%c.%s", input->fingerprint, (char)('0' + asset.rank),
                       asset.symbol.text);
        json_text(&call->out, "next_cursor", cursor);
    }
    strbuf_append_char(&call->out, '}');
    api_call_respond(call, 200);
}

void api_assets_search(struct api_call *call) {
    if (!api_call_data(call, sizeof(struct asset_search_input)))
        return;
    struct asset_search_input *input = call->data;
    input->search = (struct asset_search){.query = input->query,
                                          .symbol = input->symbol.text,
                                          .after = {.rank = -1},
                                          .limit = QUERY_LIMIT_DEFAULT,
                                          .scope = api_gate_scope_of_assets(call)};
    words_read(call, input);
    class_read(call, &input->search);
    mic_read(call, input);
    currency_read(call, input);
    query_read_limit(call->http->query, &call->problem, &input->search.limit);
    char cursor[QUERY_VALUE_MAX + 1];
    list_query_fingerprint(call->http, search_filters, input->fingerprint);
    if (parameter_read(call, "cursor", LIST_CURSOR_REFUSED, cursor) &&
        !cursor_parse(cursor, input->fingerprint, &input->search.after))
        problem_add_field(&call->problem, "cursor", ERROR_INVALID_FIELD, LIST_CURSOR_REFUSED);
    if (api_call_is_valid(call))
        api_call_work(call, search_work, on_found);
}
