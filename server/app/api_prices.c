/* Current prices: GET /assets/{symbol}/price, POST /assets/prices, DELETE
 * /cache/prices, POST /investments/update-prices. What the leader calls fresh
 * is answered at once; else the leader is asked, for at most two seconds
 * (app/price_wait.h), and then the last known price is the answer, marked
 * stale. Refuses to invent a price. Thread: L, but for held_work, which runs on W. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "store/assets.h"

#include <stdlib.h>
#include <string.h>

#define SYMBOLS_MAX 1000
#define HELD_MAX 10000 /* of one update of all that is held */

/* A symbol that was asked for, and why it has no fresh price. */
struct price_want {
    struct symbol symbol;
    enum ask_outcome outcome;
    uint64_t seq; /* of its quote before it was asked for; 0: unpriced */
};

struct price_request {
    struct price_want *wants;
    size_t n;
    struct symbol *symbols; /* the body's, or the held ones */
    size_t symbols_n;
    struct uuid portfolio_id;
    bool has_portfolio_id;
    bool is_forced; /* also what is fresh is asked for */
    void (*ready)(struct api_call *call);
};

static void request_fini(void *data) {
    struct price_request *request = data;
    free(request->wants);
    free(request->symbols);
}

/* ---- what is wrong with a price ---- */

static const struct {
    enum error_code code;
    const char *detail;
} errors[] = {[ASK_FRESH] = {ERROR_NONE, ""},
              [ASK_UNKNOWN] = {ERROR_NOT_FOUND, "No provider knows it"},
              [ASK_THROTTLED] = {ERROR_RATE_LIMITED, "The providers' limits are used up for now"},
              [ASK_REFUSED] = {ERROR_UNAVAILABLE, "The providers do not take the key, or the plan does not include it"},
              [ASK_FAILED] = {ERROR_UNAVAILABLE, "The providers failed to give a price"},
              [ASK_UNAVAILABLE] = {ERROR_UNAVAILABLE, "The providers did not answer in time"}};

static void error_write(struct strbuf *out, const struct price_want *want) {
    strbuf_append_char(out, '{');
    json_text(out, "ticker_symbol", want->symbol.text);
    json_text(out, "code", error_code_text(errors[want->outcome].code));
    json_text(out, "detail", errors[want->outcome].detail);
    strbuf_append_char(out, '}');
}

/* ---- a price ---- */

static void price_write(struct strbuf *out, const struct quote *quote, bool is_stale) {
    struct percent change;
    struct amount moved = {(int128)quote->price.e8 - quote->previous_close.e8};
    struct amount before = {quote->previous_close.e8};
    strbuf_append_char(out, '{');
    json_text(out, "ticker_symbol", quote->symbol.text);
    json_quote(out, quote);
    json_key(out, "stale");
    strbuf_append_text(out, is_stale ? "true" : "false");
    /* A percent has 4 decimals, so the factor has 6. */
    if (percent_of(moved, before, &change) == STATUS_OK)
        json_amount(out, "change_today", (struct amount){change.e4 * 100});
    strbuf_append_char(out, '}');
}

/* ---- asking ---- */

static bool is_bus_away(const struct api_call *call) {
    return !shard_bus_is_following(call->api->shard);
}

/* The newest price that the loop has heard of, passed or not; marked stale also when nobody can say that it is not. */
static const struct quote *price_find(const struct api_call *call, const struct symbol *symbol, bool *ret_is_stale,
                                      uint64_t *ret_seq) {
    const struct quote *quote = shard_latest_quote(call->api->shard, symbol, ret_seq);
    *ret_is_stale =
        quote && (quote->stale || is_bus_away(call) || shard_price_is_forgotten(call->api->shard, quote, *ret_seq));
    return quote;
}

/* The items are those wants that were not fresh, in the same order. */
static void on_answered(void *context, const struct price_wait_item *items, size_t n) {
    struct api_call *call = context;
    struct price_request *request = call->data;
    size_t at = 0;
    for (size_t i = 0; i < request->n && at < n; i++) {
        if (request->wants[i].outcome == ASK_FRESH)
            continue;
        request->wants[i].outcome = items[at].is_answered ? items[at].outcome : ASK_UNAVAILABLE;
        at++;
    }
    request->ready(call);
}

/* Notes what there is, and asks for what is not fresh; request->ready comes then. */
static void prices_want(struct api_call *call, const struct symbol *symbols, size_t n) {
    struct price_request *request = call->data;
    struct symbol *asked = calloc(n + 1, sizeof *asked);
    size_t asked_n = 0;
    request->wants = calloc(n + 1, sizeof *request->wants);
    if (!asked || !request->wants) {
        free(asked);
        api_call_fail(call, STATUS_NO_MEMORY, "");
        return;
    }
    request->n = n;
    for (size_t i = 0; i < n; i++) {
        bool is_stale;
        request->wants[i].symbol = symbols[i];
        const struct quote *quote = price_find(call, &symbols[i], &is_stale, &request->wants[i].seq);
        if (quote && !is_stale && !request->is_forced)
            continue;
        request->wants[i].outcome = ASK_UNAVAILABLE;
        asked[asked_n++] = symbols[i];
    }
    enum status status = STATUS_OK;
    if (asked_n == 0 || is_bus_away(call))
        request->ready(call);
    else
        status = shard_price_wait(call->api->shard, asked, asked_n, on_answered, call);
    free(asked);
    if (status == STATUS_LIMIT)
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "Too many requests wait for prices");
    else if (status != STATUS_OK)
        api_call_fail(call, status, "");
}

static bool request_begin(struct api_call *call, void (*ready)(struct api_call *call)) {
    if (!api_call_data(call, sizeof(struct price_request)))
        return false;
    ((struct price_request *)call->data)->ready = ready;
    call->data_fini = request_fini;
    return true;
}

/* ---- GET /assets/{symbol}/price ---- */

static void on_one_ready(struct api_call *call) {
    const struct price_request *request = call->data;
    const struct price_want *want = &request->wants[0];
    bool is_stale;
    uint64_t seq;
    const struct quote *quote = price_find(call, &want->symbol, &is_stale, &seq);
    if (quote) {
        price_write(&call->out, quote, is_stale);
        api_call_respond(call, 200);
    } else if (is_bus_away(call)) {
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The bus is away, and no price of %s was known before",
                             want->symbol.text);
    } else if (want->outcome == ASK_UNKNOWN) {
        api_call_refuse_with(call, ERROR_NOT_FOUND, "There never was a price of %s: %s", want->symbol.text,
                             errors[want->outcome].detail);
    } else { /* another time there may be one; also 503 when limits are used up: they are not the client's */
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "No price of %s is known yet: %s", want->symbol.text,
                             errors[want->outcome].detail);
    }
}

void api_assets_get_price(struct api_call *call) {
    struct symbol symbol;
    const char *text = call->params.texts[0];
    if (symbol_parse(text, strlen(text), &symbol) != STATUS_OK)
        api_call_fail(call, STATUS_NOT_FOUND, "asset");
    else if (request_begin(call, on_one_ready))
        prices_want(call, &symbol, 1);
}

/* ---- POST /assets/prices ---- */

static void on_many_ready(struct api_call *call) {
    struct price_request *request = call->data;
    struct strbuf *out = &call->out;
    size_t written_n = 0;
    STRBUF_LITERAL(out, "{\"items\":[");
    for (size_t i = 0; i < request->n; i++) {
        bool is_stale;
        uint64_t seq;
        const struct quote *quote = price_find(call, &request->wants[i].symbol, &is_stale, &seq);
        if (!quote)
            continue;
        if (written_n++ > 0)
            strbuf_append_char(out, ',');
        price_write(out, quote, is_stale);
        request->wants[i].outcome = ASK_FRESH; /* the last known one is an answer */
    }
    STRBUF_LITERAL(out, "],\"errors\":[");
    written_n = 0;
    for (size_t i = 0; i < request->n; i++) {
        if (request->wants[i].outcome == ASK_FRESH)
            continue;
        if (written_n++ > 0)
            strbuf_append_char(out, ',');
        error_write(out, &request->wants[i]);
    }
    STRBUF_LITERAL(out, "]}");
    api_call_respond(call, 200);
}

void api_assets_get_prices(struct api_call *call) {
    struct form form;
    if (!api_call_read_body(call, &form) || !request_begin(call, on_many_ready))
        return;
    struct price_request *request = call->data;
    (void)form_symbols(&form, "symbols", FORM_REQUIRED, SYMBOLS_MAX, &request->symbols, &request->symbols_n);
    if (api_call_is_valid(call))
        prices_want(call, request->symbols, request->symbols_n);
}

/* ---- DELETE /cache/prices ---- */

void api_cache_forget_prices(struct api_call *call) {
    char text[QUERY_VALUE_MAX + 1];
    struct symbol symbol;
    enum status status = query_get(call->http->query, "symbol", text);
    bool has_symbol = status != STATUS_NOT_FOUND;
    if (has_symbol && (status != STATUS_OK || symbol_parse(text, strlen(text), &symbol) != STATUS_OK))
        problem_add_field(&call->problem, "symbol", ERROR_INVALID_FIELD, "must be 1 to 32 of A-Z 0-9 . - _ : = ^ /");
    if (!api_call_is_valid(call))
        return;
    if (is_bus_away(call)) {
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The bus is away; nothing was forgotten");
        return;
    }
    shard_prices_forget(call->api->shard, &symbol, has_symbol ? 1 : 0);
    api_call_respond(call, 204);
}

/* ---- POST /investments/update-prices ---- */

static void on_updated(struct api_call *call) {
    const struct price_request *request = call->data;
    struct strbuf *out = &call->out;
    int64_t updated_n = 0, unchanged_n = 0;
    for (size_t i = 0; i < request->n; i++) {
        const struct price_want *want = &request->wants[i];
        uint64_t seq;
        (void)shard_latest_quote(call->api->shard, &want->symbol, &seq);
        bool is_moved = seq != want->seq;
        updated_n += want->outcome == ASK_FRESH && is_moved;
        unchanged_n += want->outcome == ASK_FRESH && !is_moved;
    }
    strbuf_append_char(out, '{');
    json_i64(out, "updated", updated_n);
    json_i64(out, "unchanged", unchanged_n);
    json_key(out, "failed");
    strbuf_append_char(out, '[');
    int64_t failed_n = 0;
    for (size_t i = 0; i < request->n; i++) {
        if (request->wants[i].outcome == ASK_FRESH)
            continue;
        if (failed_n++ > 0)
            strbuf_append_char(out, ',');
        error_write(out, &request->wants[i]);
    }
    STRBUF_LITERAL(out, "]}");
    api_call_respond(call, 200);
}

static void update_begin(struct api_call *call) {
    struct price_request *request = call->data;
    if (is_bus_away(call))
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The bus is away; nobody can be asked for prices");
    else
        prices_want(call, request->symbols, request->symbols_n);
}

static enum status held_work(struct api_call *call, struct db *db) {
    struct price_request *request = call->data;
    free(request->symbols); /* of an attempt before */
    request->symbols = NULL;
    if (request->has_portfolio_id)
        return assets_load_symbols_of(db, &request->portfolio_id, &request->symbols, &request->symbols_n);
    return assets_load_held_symbols(db, &request->symbols, &request->symbols_n);
}

static void on_held_loaded(struct api_call *call) {
    const struct price_request *request = call->data;
    if (call->job.status == STATUS_NOT_FOUND) {
        problem_add_field(&call->problem, "portfolio_id", ERROR_INVALID_FIELD, "there is no such portfolio");
    } else if (call->job.status == STATUS_OK && request->symbols_n > HELD_MAX) {
        problem_add_field(&call->problem, "symbols", ERROR_INVALID_FIELD,
                          "more than %d are held: name some of them, or a portfolio", HELD_MAX);
    } else if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "portfolio");
        return;
    }
    if (call->problem.code != ERROR_NONE)
        api_call_refuse(call);
    else
        update_begin(call);
}

void api_investments_update_prices(struct api_call *call) {
    struct form form;
    if (!api_call_read_body(call, &form) || !request_begin(call, on_updated))
        return;
    struct price_request *request = call->data;
    request->is_forced = true;
    request->has_portfolio_id = form_uuid(&form, "portfolio_id", FORM_OPTIONAL, &request->portfolio_id);
    if (request->has_portfolio_id)
        api_lookup_note(call, "portfolio_id", "portfolio", &request->portfolio_id);
    bool has_symbols =
        form_symbols(&form, "symbols", FORM_OPTIONAL, SYMBOLS_MAX, &request->symbols, &request->symbols_n);
    if (has_symbols && request->has_portfolio_id)
        problem_add_field(&call->problem, "symbols", ERROR_INVALID_FIELD, "cannot be given beside portfolio_id");
    if (!api_call_is_valid(call))
        return;
    if (has_symbols)
        update_begin(call);
    else
        api_call_work(call, held_work, on_held_loaded);
}
