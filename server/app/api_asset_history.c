/* /assets/{symbol}/history and /corporate-actions. Refuses symbols that are no
 * assets. Thread: L, but for the …_work functions, which run on W. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/list_query.h"
#include "app/query.h"
#include "base/timestamp.h"
#include "store/bars.h"
#include "store/corporate_actions.h"

#include <stdio.h>
#include <string.h>

#define DATE_FIRST (-719162) /* 0001-01-01 */
#define DATE_LAST 2932896    /* 9999-12-31 */

static const char *const intervals[] = {"day", "week", "month", NULL};
static const char *const filters[] = {"from", "to", "interval", NULL};

struct asset_range {
    struct symbol symbol;
    int32_t from, to;
    int32_t after; /* of the cursor */
    char after_type[16];
    enum bar_interval interval;
    size_t limit;
    char fingerprint[LIST_FINGERPRINT_LEN + 1];
};

static bool is_action_type(const char *text) {
    for (int type = ACTION_SPLIT; type <= ACTION_SPINOFF; type++) {
        if (strcmp(text, corporate_action_type_name((enum corporate_action_type)type)) == 0)
            return true;
    }
    return false;
}

/* After the fingerprint: "2020-08-31" or "2020-08-31.SPLIT". */
static void cursor_read(struct api_call *call, struct asset_range *range, bool has_type) {
    char cursor[QUERY_VALUE_MAX + 1] = "";
    list_query_fingerprint(call->http, filters, range->fingerprint);
    enum status status = query_get(call->http->query, "cursor", cursor);
    if (status == STATUS_NOT_FOUND)
        return;
    const char *text = status == STATUS_OK ? list_query_cursor_rest(cursor, range->fingerprint) : NULL;
    size_t len = text ? strlen(text) : 0;
    bool is_right =
        len >= DATE_TEXT_LEN && date_parse(text, DATE_TEXT_LEN, &range->after) == STATUS_OK &&
        (has_type ? text[DATE_TEXT_LEN] == '.' && is_action_type(text + DATE_TEXT_LEN + 1) : len == DATE_TEXT_LEN);
    if (!is_right)
        problem_add_field(&call->problem, "cursor", ERROR_INVALID_FIELD, LIST_CURSOR_REFUSED);
    else if (has_type)
        memcpy(range->after_type, text + DATE_TEXT_LEN + 1, len - DATE_TEXT_LEN); /* with its NUL */
}

/* False when a response was sent. */
static bool range_read(struct api_call *call, bool has_interval) {
    const char *text = call->params.texts[0], *query = call->http->query;
    struct symbol symbol;
    if (symbol_parse(text, strlen(text), &symbol) != STATUS_OK) {
        api_call_fail(call, STATUS_NOT_FOUND, "asset");
        return false;
    }
    if (!api_call_data(call, sizeof(struct asset_range)))
        return false;
    struct asset_range *range = call->data;
    *range = (struct asset_range){
        .symbol = symbol, .from = DATE_FIRST, .to = DATE_LAST, .after = DATE_FIRST, .limit = QUERY_LIMIT_DEFAULT};
    call->lookup.symbol = &range->symbol;
    (void)query_read_date(query, "from", &call->problem, &range->from);
    (void)query_read_date(query, "to", &call->problem, &range->to);
    if (range->from > range->to)
        problem_add_field(&call->problem, "from", ERROR_INVALID_FIELD, "must not be after to");
    query_read_limit(query, &call->problem, &range->limit);
    if (has_interval)
        range->interval = (enum bar_interval)query_read_choice(query, "interval", intervals, &call->problem);
    cursor_read(call, range, !has_interval);
    return api_call_is_valid(call);
}

static void cursor_write(const struct api_call *call, const char *date, const char *type, char out[QUERY_CURSOR_MAX]) {
    const struct asset_range *range = call->data;
    (void)snprintf(out, QUERY_CURSOR_MAX, "%s.%s%s%s", range->fingerprint, date, *type ? "." : "", type);
}

/* An empty list is one of an asset. */
static enum status listed(struct api_call *call, struct db *db, enum status status) {
    const struct asset_range *range = call->data;
    if (status != STATUS_OK || db_rows_n(call->rows) > 0)
        return status;
    struct row_scope scope = api_gate_scope_of_assets(call);
    return bars_find_asset(db, &range->symbol, &scope);
}

/* Writes the items of a page by `write`, and the cursor by what it leaves in `cursor`. */
static void page_respond(struct api_call *call,
                         enum status (*write)(struct api_call *call, size_t index, char cursor[QUERY_CURSOR_MAX])) {
    const struct asset_range *range = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "asset");
        return;
    }
    char cursor[QUERY_CURSOR_MAX] = "";
    size_t n = db_rows_n(call->rows);
    bool has_more = n > range->limit;
    n = has_more ? range->limit : n;
    strbuf_append_text(&call->out, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        strbuf_append_text(&call->out, i > 0 ? "," : "");
        enum status status = write(call, i, cursor);
        if (status != STATUS_OK) {
            api_call_fail(call, status, "asset");
            return;
        }
    }
    strbuf_append_char(&call->out, ']');
    if (has_more)
        json_text(&call->out, "next_cursor", cursor);
    strbuf_append_char(&call->out, '}');
    api_call_respond(call, 200);
}

/* --- bars --- */

static void price_write(struct strbuf *out, const char *name, struct price price) {
    if (price.e8 > 0)
        json_decimal(out, name, price.e8);
}

static enum status bar_write(struct api_call *call, size_t index, char cursor[QUERY_CURSOR_MAX]) {
    struct bar bar;
    struct strbuf *out = &call->out;
    enum status status = bar_read(call->rows, index, &bar);
    if (status != STATUS_OK)
        return status;
    char date[DATE_TEXT_LEN + 1];
    date_write(date, bar.date);
    cursor_write(call, date, "", cursor);
    strbuf_append_char(out, '{');
    json_date(out, "date", bar.date);
    price_write(out, "open", bar.open);
    price_write(out, "high", bar.high);
    price_write(out, "low", bar.low);
    price_write(out, "close", bar.close);
    if (bar.volume.e8 >= 0)
        json_amount(out, "volume", bar.volume);
    strbuf_append_char(out, '}');
    return STATUS_OK;
}

static enum status bars_work(struct api_call *call, struct db *db) {
    const struct asset_range *range = call->data;
    int32_t before = range->from > DATE_FIRST ? range->from - 1 : DATE_FIRST;
    db_rows_destroy(&call->rows);
    return listed(call, db,
                  bars_list(db, &range->symbol, range->after > before ? range->after : before, range->to,
                            range->interval, range->limit, &call->rows));
}

static void on_bars(struct api_call *call) {
    page_respond(call, bar_write);
}

void api_assets_list_history(struct api_call *call) {
    if (range_read(call, true))
        api_call_report(call, bars_work, on_bars);
}

/* --- corporate actions --- */

static enum status action_write(struct api_call *call, size_t index, char cursor[QUERY_CURSOR_MAX]) {
    struct corporate_action action;
    struct strbuf *out = &call->out;
    enum status status = corporate_action_read(call->rows, index, &action);
    if (status != STATUS_OK)
        return status;
    const char *type = corporate_action_type_name(action.type);
    char date[DATE_TEXT_LEN + 1];
    date_write(date, action.split.date);
    cursor_write(call, date, type, cursor);
    strbuf_append_char(out, '{');
    json_date(out, "date", action.split.date);
    json_text(out, "type", type);
    if (action.type == ACTION_SPLIT) {
        json_i64(out, "numerator", action.split.numerator);
        json_i64(out, "denominator", action.split.denominator);
    } else {
        json_decimal(out, action.type == ACTION_DIVIDEND ? "amount" : "price_factor", action.amount.e8);
    }
    strbuf_append_char(out, '}');
    return STATUS_OK;
}

static enum status actions_work(struct api_call *call, struct db *db) {
    const struct asset_range *range = call->data;
    struct corporate_action_page page = {.from = range->from,
                                         .to = range->to,
                                         .after_date = range->after,
                                         .after_type = range->after_type,
                                         .limit = range->limit};
    db_rows_destroy(&call->rows);
    return listed(call, db, corporate_actions_list(db, &range->symbol, &page, &call->rows));
}

static void on_actions(struct api_call *call) {
    page_respond(call, action_write);
}

void api_assets_list_corporate_actions(struct api_call *call) {
    if (range_read(call, false))
        api_call_work(call, actions_work, on_actions);
}
