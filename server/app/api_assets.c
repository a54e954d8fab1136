/* PUT /assets/{symbol}/price: a price by hand. In this order: the currency is
 * looked up (which also shows that PostgreSQL is there), the quote is published,
 * kept in PostgreSQL, answered when the loop has heard of it. Refuses a time before the stored price's or
 * more than 5 s ahead. Thread: L, but for the …_work functions, which run on W. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/shard_view.h"
#include "base/timestamp.h"
#include "feed/symbol_pair.h"
#include "ops/log.h"
#include "store/assets.h"
#include "store/audit.h"

#include <stdio.h>
#include <string.h>

#define AHEAD_MAX_MS 5000

struct price_input {
    struct quote quote;
    struct quote before;    /* as this loop knew it; without a symbol: none */
    struct arrival arrival; /* of the publication */
    bool has_as_of;
};

static void price_write(const struct price_input *input, struct strbuf *out) {
    const struct quote *quote = &input->quote;
    strbuf_append_char(out, '{');
    json_text(out, "ticker_symbol", quote->symbol.text);
    json_quote(out, quote);
    json_key(out, "seq");
    strbuf_append_u64(out, input->arrival.seq);
    strbuf_append_char(out, '}');
}

/* --- third: kept --- */

static void quote_write(struct strbuf *out, const struct quote *quote) {
    strbuf_append_char(out, '{');
    json_quote(out, quote);
    strbuf_append_char(out, '}');
}

static enum status audit_write_price(struct db *db, const struct price_input *input) {
    struct strbuf before, after;
    strbuf_init(&before);
    strbuf_init(&after);
    if (input->before.symbol.text[0])
        quote_write(&before, &input->before);
    quote_write(&after, &input->quote);
    struct audit_event event = {.action = "price_set", .entity = "assets", .entity_id = input->quote.symbol.text};
    event.before = strbuf_text(&before);
    event.after = strbuf_text(&after);
    bool is_whole = strbuf_status(&before) == STATUS_OK && strbuf_status(&after) == STATUS_OK;
    enum status status = is_whole ? audit_write(db, &event) : STATUS_NO_MEMORY;
    strbuf_fini(&before);
    strbuf_fini(&after);
    return status;
}

static enum status save_body(struct db *db, void *context) {
    const struct price_input *input = context;
    enum status status = assets_save_price_by_hand(db, &input->quote);
    return status == STATUS_OK ? audit_write_price(db, input) : status;
}

static enum status save_work(struct api_call *call, struct db *db) {
    return db_transaction(db, save_body, call->data);
}

static void on_arrived(void *context) {
    struct api_call *call = context;
    price_write(call->data, &call->out);
    api_call_respond(call, 200);
}

static void on_saved(struct api_call *call) {
    if (call->job.status == STATUS_OK) {
        struct price_input *input = call->data;
        input->arrival.done = on_arrived;
        input->arrival.context = call;
        shard_await_arrival(call->api->shard, &input->arrival);
        return;
    }
    /* It is published already: "nothing was done" would be wrong. */
    log_event(LOG_WARN, "price.not_kept", LOG_TEXT("request_id", call->request_id),
              LOG_TEXT("status", status_name(call->job.status)));
    api_call_refuse_with(call, ERROR_OUTCOME_UNKNOWN,
                         "The price was published, but whether it was kept is not known: send it again");
}

/* --- second: published --- */

static void on_published(void *context, const struct bus_published *published) {
    struct api_call *call = context;
    struct price_input *input = call->data;
    switch (published->status) {
    case STATUS_OK:
        input->quote = published->stored;
        input->arrival.epoch = published->epoch;
        input->arrival.seq = published->seq;
        api_call_work(call, save_work, on_saved);
        return;
    case STATUS_CONFLICT:
        call->problem.http_status = 409;
        problem_add_field(&call->problem, "as_of", ERROR_CONFLICT, "is before the stored price's");
        api_call_refuse(call);
        return;
    case STATUS_OUT_OF_RANGE:
        if (!input->has_as_of) { /* the bus' clock was set back */
            api_call_refuse_with(call, ERROR_CONFLICT, "The stored price's time is in the future");
            return;
        }
        problem_add_field(&call->problem, "as_of", ERROR_INVALID_FIELD, "must not be more than 5 seconds ahead");
        api_call_refuse(call);
        return;
    case STATUS_OUTCOME_UNKNOWN:
        api_call_refuse_with(call, ERROR_OUTCOME_UNKNOWN,
                             "The bus was lost during the publication: it may have been published");
        return;
    case STATUS_UNAVAILABLE:
    case STATUS_LIMIT:
    case STATUS_TIMEOUT:
    case STATUS_CANCELLED:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The bus is away; nothing was published");
        return;
    default:
        api_call_fail(call, published->status == STATUS_NO_MEMORY ? STATUS_NO_MEMORY : STATUS_INTERNAL, "");
    }
}

static void publish(struct api_call *call) {
    struct price_input *input = call->data;
    if (input->has_as_of)
        input->quote.session = timestamp_date(input->quote.as_of_ms);
    else
        input->quote.as_of_ms = BUS_AS_OF_NOW; /* the bus' now: nobody is faster than that */
    uint64_t seq;
    const struct quote *before = shard_latest_quote(call->api->shard, &input->quote.symbol, &seq);
    if (before)
        input->before = *before;
    bool is_kept = input->quote.previous_close.e8 == 0;
    enum status status = bus_publish(call->api->bus, &input->quote, 1, is_kept, on_published, call);
    if (status != STATUS_OK)
        on_published(call, &(struct bus_published){.status = status});
}

/* --- first: the currency --- */

static enum status currency_work(struct api_call *call, struct db *db) {
    struct price_input *input = call->data;
    struct currency found;
    enum status status = assets_find_currency(db, &input->quote.symbol, &found);
    if (status == STATUS_OK && input->quote.currency.code[0] == '\0')
        input->quote.currency = found;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* The body's; that of the price there is, which the bus knows best; the asset's;
 * that of those who hold it; a pair's (USD/CHF is in francs); USD. */
static void on_currency_found(struct api_call *call) {
    struct price_input *input = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "asset");
        return;
    }
    struct quote *quote = &input->quote;
    if (quote->currency.code[0] == '\0' && symbol_pair_currency(&quote->symbol, &quote->currency) != STATUS_OK)
        quote->currency = (struct currency){"USD"};
    publish(call);
}

static void input_read(struct api_call *call, const struct form *form) {
    struct price_input *input = call->data;
    struct quote *quote = &input->quote;
    int64_t now_ms = clock_wall_ms(call->api->clock);
    (void)form_decimal(form, "price", FORM_REQUIRED, FORM_POSITIVE, &quote->price.e8);
    (void)form_decimal(form, "previous_close", FORM_OPTIONAL, FORM_POSITIVE, &quote->previous_close.e8);
    input->has_as_of = form_timestamp(form, "as_of", FORM_OPTIONAL, &quote->as_of_ms);
    if (input->has_as_of && quote->as_of_ms > now_ms + AHEAD_MAX_MS)
        problem_add_field(&call->problem, "as_of", ERROR_INVALID_FIELD, "must not be more than 5 seconds ahead");
    quote->is_currency_assumed = !form_currency(form, "currency", FORM_OPTIONAL, &quote->currency);
    (void)snprintf(quote->source, sizeof quote->source, "manual");
}

void api_assets_put_price(struct api_call *call) {
    struct form form;
    struct symbol symbol;
    const char *text = call->params.texts[0];
    if (symbol_parse(text, strlen(text), &symbol) != STATUS_OK) {
        api_call_fail(call, STATUS_NOT_FOUND, "asset");
        return;
    }
    if (!api_call_read_body(call, &form) || !api_call_data(call, sizeof(struct price_input)))
        return;
    ((struct price_input *)call->data)->quote.symbol = symbol;
    input_read(call, &form);
    if (api_call_is_valid(call))
        api_call_work(call, currency_work, on_currency_found);
}
