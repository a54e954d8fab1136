/* What a portfolio is worth: the valuation (exactly the stream's snapshot
 * frame) and the summary of its investments. Thread: L, but for summary_work,
 * which runs on W. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/encode.h"
#include "app/shard_view.h"
#include "store/holdings.h"

#include <stdio.h>

/* --- the valuation --- */

static void on_valued(void *context, enum status status, const struct valuation *valuation) {
    struct api_call *call = context;
    if (status == STATUS_OK && !api_gate_covers(call, &valuation->customer_id))
        status = STATUS_NOT_FOUND;
    if (status != STATUS_OK) {
        api_call_fail(call, status, "portfolio");
        return;
    }
    struct frame *frame = valuation->frame;
    (void)snprintf(call->etag, sizeof call->etag, "%s", valuation->cursor);
    if (!valuation->is_cursor_doubtful && api_call_is_known(call, frame->len)) {
        api_call_respond(call, 304);
        return;
    }
    strbuf_append(&call->out, (const char *)frame_payload(frame), frame->len);
    api_call_respond(call, 200);
}

void api_portfolios_get_valuation(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio"))
        return;
    enum status status = valuation_request(call->api->shard, &call->id, on_valued, call);
    if (status != STATUS_OK)
        api_call_fail(call, status, "portfolio");
}

/* --- the summary --- */

/* {portfolio_id, base_currency, version, investments_n, positions_n, totals}:
 * how many lots and positions a portfolio has, and totals as the stream
 * defines them, of the holdings as they are in the database now and this
 * loop's prices. The other numbers of a valuation without its rows. */
struct summary {
    struct holdings *holdings;
    struct totals totals;
    size_t positions_n;
};

static void summary_fini(void *data) {
    holdings_destroy(&((struct summary *)data)->holdings);
}

static void summary_write(const struct summary *summary, struct strbuf *out) {
    const struct holdings *holdings = summary->holdings;
    strbuf_append_char(out, '{');
    json_uuid(out, "portfolio_id", &holdings->portfolio_id);
    json_text(out, "base_currency", holdings->base_currency.code);
    json_i64(out, "version", (int64_t)holdings->version);
    json_i64(out, "investments_n", (int64_t)(holdings->lots_n - holdings->added_lots_n));
    json_i64(out, "positions_n", (int64_t)summary->positions_n);
    json_key(out, "totals");
    encode_totals(out, &summary->totals);
    strbuf_append_char(out, '}');
}

static enum status summary_work(struct api_call *call, struct db *db) {
    struct summary *summary = call->data;
    holdings_destroy(&summary->holdings); /* of an attempt before */
    return holdings_load(db, &call->id, &summary->holdings);
}

static void on_summarized(struct api_call *call) {
    struct summary *summary = call->data;
    enum status status = call->job.status;
    if (status == STATUS_OK)
        status = shard_value_holdings(call->api->shard, summary->holdings, &summary->totals, &summary->positions_n);
    if (status == STATUS_OK)
        summary_write(summary, &call->out);
    if (status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, status, "portfolio");
}

void api_portfolios_summarize_investments(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio") || !api_call_data(call, sizeof(struct summary)))
        return;
    call->data_fini = summary_fini;
    api_call_work(call, summary_work, on_summarized);
}
