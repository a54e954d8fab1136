/* Current prices: GET /assets/{symbol}/price, POST /assets/prices, DELETE
 * /cache/prices, POST /investments/update-prices. What the leader calls fresh
 * is answered at once; else the leader is asked, for at most two seconds
 * (app/price_wait.h), and then the last known price is the answer, marked
 * stale. Many symbols are asked for and answered a slice a turn of the loop.
 * Refuses to invent a price. Thread: L, but for the
 * …_work functions, which run on W. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "store/assets.h"
#include "store/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYMBOLS_MAX 1000
#define HELD_MAX 10000 /* of one update of all that is held */
#define SLICE_N 250    /* of a turn: well under a millisecond */
#define ASKS_MAX (HELD_MAX / SLICE_N)

/* A symbol that was asked for, and why it has no fresh price. */
struct price_want {
    struct symbol symbol;
    enum ask_outcome outcome;
    uint64_t seq; /* of its quote before it was asked for; 0: unpriced */
};

/* A slice of the wants about which the leader is asked. */
struct price_ask {
    struct api_call *call;
    size_t first, end;
};

/* What the routes do differently. */
struct price_answer {
    void (*one)(struct api_call *call, struct price_want *want); /* of each symbol, in turn; NULL: nothing */
    void (*end)(struct api_call *call);                          /* responds */
};

struct price_request {
    const struct price_answer *answer;
    struct price_want *wants;
    size_t n, next;         /* the slice that is to come begins there */
    struct symbol *symbols; /* the body's, or the held ones */
    size_t symbols_n;
    struct uuid portfolio_id;
    bool has_portfolio_id;
    bool is_forced; /* also what is fresh is asked for */
    bool is_named;  /* the symbols are the body's */
    struct price_ask asks[ASKS_MAX];
    size_t asks_n, open_n; /* of which so many are not answered */
    enum status status;    /* of the asking */
    struct shard_step step;
    size_t updated_n, unchanged_n;
    struct strbuf failed; /* the members of the list of errors */
};

static void request_fini(void *data) {
    struct price_request *request = data;
    free(request->wants);
    free(request->symbols);
    strbuf_fini(&request->failed);
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

static void error_write(struct price_request *request, const struct price_want *want) {
    struct strbuf *out = &request->failed;
    strbuf_append_text(out, out->len > 0 ? ",{" : "{");
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

static void slice_later(struct api_call *call, void (*take)(void *context)) {
    struct price_request *request = call->data;
    request->step.take = take;
    request->step.context = call;
    shard_take_later(call->api->shard, &request->step);
}

static void slice_answer(void *context) {
    struct api_call *call = context;
    struct price_request *request = call->data;
    size_t end = request->n - request->next > SLICE_N ? request->next + SLICE_N : request->n;
    for (; request->answer->one && request->next < end; request->next++)
        request->answer->one(call, &request->wants[request->next]);
    if (request->answer->one && request->next < request->n)
        slice_later(call, slice_answer);
    else if (strbuf_status(&request->failed) != STATUS_OK)
        api_call_fail(call, STATUS_NO_MEMORY, "");
    else
        request->answer->end(call);
}

/* When all are asked for and answered. */
static void answer_when_ready(struct api_call *call) {
    struct price_request *request = call->data;
    if (request->next < request->n || request->open_n > 0)
        return;
    request->next = 0;
    if (request->status == STATUS_OK)
        slice_answer(call);
    else if (request->status == STATUS_LIMIT)
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "Too many requests wait for prices");
    else
        api_call_fail(call, request->status, "");
}

/* The items are those wants of the slice that were not fresh, in the same order. */
static void on_answered(void *context, const struct price_wait_item *items, size_t n) {
    const struct price_ask *ask = context;
    struct price_request *request = ask->call->data;
    size_t at = 0;
    for (size_t i = ask->first; i < ask->end && at < n; i++) {
        if (request->wants[i].outcome == ASK_FRESH)
            continue;
        request->wants[i].outcome = items[at].is_answered ? items[at].outcome : ASK_UNAVAILABLE;
        at++;
    }
    request->open_n--;
    answer_when_ready(ask->call);
}

/* Notes what there is, and asks for what is not fresh. */
static void slice_want(void *context) {
    struct api_call *call = context;
    struct price_request *request = call->data;
    struct symbol asked[SLICE_N];
    size_t asked_n = 0;
    struct price_ask *ask = &request->asks[request->asks_n];
    *ask = (struct price_ask){.call = call, .first = request->next};
    ask->end = request->n - ask->first > SLICE_N ? ask->first + SLICE_N : request->n;
    for (size_t i = ask->first; i < ask->end; i++) {
        struct price_want *want = &request->wants[i];
        bool is_stale;
        want->symbol = request->symbols[i];
        const struct quote *quote = price_find(call, &want->symbol, &is_stale, &want->seq);
        if (quote && !is_stale && !request->is_forced)
            continue;
        want->outcome = ASK_UNAVAILABLE;
        asked[asked_n++] = want->symbol;
    }
    request->next = ask->end;
    if (asked_n > 0 && !is_bus_away(call)) {
        request->status = shard_price_wait(call->api->shard, asked, asked_n, on_answered, ask);
        if (request->status == STATUS_OK)
            request->asks_n++, request->open_n++;
        else
            request->next = request->n; /* no more; what is asked already is waited for */
    }
    if (request->next < request->n)
        slice_later(call, slice_want);
    else
        answer_when_ready(call);
}

/* Of request->symbols; the answer comes then. */
static void prices_want(struct api_call *call) {
    struct price_request *request = call->data;
    request->wants = calloc(request->symbols_n + 1, sizeof *request->wants);
    if (!request->wants) {
        api_call_fail(call, STATUS_NO_MEMORY, "");
        return;
    }
    request->n = request->symbols_n;
    slice_want(call);
}

static bool request_begin(struct api_call *call, const struct price_answer *answer) {
    if (!api_call_data(call, sizeof(struct price_request)))
        return false;
    struct price_request *request = call->data;
    request->answer = answer;
    strbuf_init(&request->failed);
    call->data_fini = request_fini;
    return true;
}

static bool symbol_keep(struct api_call *call, const struct symbol *symbol) {
    struct price_request *request = call->data;
    request->symbols = malloc(sizeof *symbol);
    if (!request->symbols) {
        api_call_fail(call, STATUS_NO_MEMORY, "");
        return false;
    }
    request->symbols[0] = *symbol;
    request->symbols_n = 1;
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

static const struct price_answer one_price = {.end = on_one_ready};

void api_assets_get_price(struct api_call *call) {
    struct symbol symbol;
    const char *text = call->params.texts[0];
    if (symbol_parse(text, strlen(text), &symbol) != STATUS_OK) {
        api_call_fail(call, STATUS_NOT_FOUND, "asset");
        return;
    }
    if (request_begin(call, &one_price) && symbol_keep(call, &symbol))
        prices_want(call);
}

/* ---- POST /assets/prices ---- */

static void many_write(struct api_call *call, struct price_want *want) {
    bool is_stale;
    uint64_t seq;
    const struct quote *quote = price_find(call, &want->symbol, &is_stale, &seq);
    if (quote) { /* the last known one is an answer */
        strbuf_append_text(&call->out, call->out.len > 0 ? "," : "{\"items\":[");
        price_write(&call->out, quote, is_stale);
    } else if (want->outcome != ASK_FRESH) {
        error_write(call->data, want);
    }
}

static void many_end(struct api_call *call) {
    const struct price_request *request = call->data;
    if (call->out.len == 0)
        STRBUF_LITERAL(&call->out, "{\"items\":[");
    STRBUF_LITERAL(&call->out, "],\"errors\":[");
    strbuf_append(&call->out, request->failed.data, request->failed.len);
    STRBUF_LITERAL(&call->out, "]}");
    api_call_respond(call, 200);
}

static const struct price_answer many_prices = {.one = many_write, .end = many_end};

void api_assets_get_prices(struct api_call *call) {
    struct form form;
    if (!api_call_read_body(call, &form) || !request_begin(call, &many_prices))
        return;
    struct price_request *request = call->data;
    (void)form_symbols(&form, "symbols", FORM_REQUIRED, SYMBOLS_MAX, &request->symbols, &request->symbols_n);
    if (api_call_is_valid(call))
        prices_want(call);
}

/* ---- DELETE /cache/prices ---- */

/* First it is written down, then done. */
static enum status forget_work(struct api_call *call, struct db *db) {
    const struct price_request *request = call->data;
    const char *symbol = request->symbols_n > 0 ? request->symbols[0].text : NULL;
    return audit_write(db,
                       &(struct audit_event){.action = "prices_forgotten", .entity = "assets", .entity_id = symbol});
}

static void on_forget_written(struct api_call *call) {
    const struct price_request *request = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "");
        return;
    }
    shard_prices_forget(call->api->shard, request->symbols, request->symbols_n);
    api_call_respond(call, 204);
}

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
    if (request_begin(call, NULL) && (!has_symbol || symbol_keep(call, &symbol)))
        api_call_work(call, forget_work, on_forget_written);
}

/* ---- POST /investments/update-prices ---- */

static void update_note(struct api_call *call, struct price_want *want) {
    struct price_request *request = call->data;
    uint64_t seq;
    (void)shard_latest_quote(call->api->shard, &want->symbol, &seq);
    if (want->outcome != ASK_FRESH)
        error_write(request, want);
    else if (seq != want->seq)
        request->updated_n++;
    else
        request->unchanged_n++;
}

static void update_end(struct api_call *call) {
    const struct price_request *request = call->data;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_i64(out, "updated", (int64_t)request->updated_n);
    json_i64(out, "unchanged", (int64_t)request->unchanged_n);
    json_key(out, "failed");
    strbuf_append_char(out, '[');
    strbuf_append(out, request->failed.data, request->failed.len);
    STRBUF_LITERAL(out, "]}");
    api_call_respond(call, 200);
}

static const struct price_answer update = {.one = update_note, .end = update_end};

static void update_begin(struct api_call *call) {
    if (is_bus_away(call))
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The bus is away; nobody can be asked for prices");
    else
        prices_want(call);
}

static enum status held_load(struct api_call *call, struct db *db) {
    struct price_request *request = call->data;
    free(request->symbols); /* of an attempt before */
    request->symbols = NULL;
    struct row_scope scope = api_gate_scope(call);
    if (request->has_portfolio_id)
        return assets_load_symbols_of(db, &request->portfolio_id, &scope, &request->symbols, &request->symbols_n);
    return assets_load_held_symbols(db, &request->symbols, &request->symbols_n);
}

/* What is named, or held; and that it is asked for is written down. */
static enum status update_work(struct api_call *call, struct db *db) {
    struct price_request *request = call->data;
    enum status status = request->is_named ? STATUS_OK : held_load(call, db);
    if (status != STATUS_OK || request->symbols_n > HELD_MAX)
        return status;
    char portfolio_id[UUID_TEXT_LEN + 1], after[40];
    uuid_write(portfolio_id, &request->portfolio_id);
    (void)snprintf(after, sizeof after, "{\"symbols\": %zu}", request->symbols_n);
    struct audit_event event = {.action = "prices_updated", .entity = "assets", .after = after};
    if (request->has_portfolio_id) {
        event.entity = "portfolios";
        event.entity_id = portfolio_id;
    }
    return audit_write(db, &event);
}

static void on_update_written(struct api_call *call) {
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
    if (!api_call_read_body(call, &form) || !request_begin(call, &update))
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
    if (!request->has_portfolio_id && !api_gate_may(call, ACCESS_PRICE))
        return;
    if (!api_call_is_valid(call))
        return;
    request->is_named = has_symbols;
    api_call_work(call, update_work, on_update_written);
}
