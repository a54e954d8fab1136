/* POST /portfolios/{id}/investments/import: lots from a CSV body, all or none,
 * safe to send again (store/investment_import.h says what counts as the same).
 * Refuses another media type, and a file with anything wrong in it: 422 with
 * every error by row and column; ?dry_run=true tells it with 200 and writes
 * nothing. Thread: L, but for the reading, the writing and the answer, which a
 * worker makes: they may be long. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/lot_csv.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "base/timestamp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct import_input {
    bool is_dry_run;
    bool is_locking; /* see investment_import.h; kept from one attempt to the next */
    int32_t last_date;
    size_t new_n, errors_n; /* results of the work */
};

/* text/csv, with charset=utf-8 and header=present as parameters at most. */
static bool is_csv_type(const char *type) {
    static const char csv[] = "text/csv";
    static const char *const parameters[] = {"charset=utf-8", "charset=\"utf-8\"", "header=present"};
    if (!type || strncasecmp(type, csv, sizeof csv - 1) != 0)
        return false;
    type += sizeof csv - 1;
    for (;;) {
        type += strspn(type, " \t");
        if (*type != ';')
            return *type == '\0';
        type += 1 + strspn(type + 1, " \t");
        size_t i = 0, n = sizeof parameters / sizeof parameters[0];
        while (i < n && strncasecmp(type, parameters[i], strlen(parameters[i])) != 0)
            i++;
        if (i == n)
            return false;
        type += strlen(parameters[i]);
    }
}

/* --- on the worker --- */

static void errors_write(struct strbuf *out, const struct lot_csv *csv) {
    size_t kept_n = csv->errors_n < LOT_CSV_ERRORS_MAX ? csv->errors_n : LOT_CSV_ERRORS_MAX;
    json_i64(out, "errors_n", (int64_t)csv->errors_n);
    json_key(out, "errors");
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < kept_n; i++) {
        const struct lot_csv_error *error = &csv->errors[i];
        strbuf_append_text(out, i > 0 ? ",{" : "{");
        json_text(out, "field", error->field);
        json_text(out, "code", error_code_text(error->code));
        json_text(out, "detail", error->detail);
        json_i64(out, "row", (int64_t)error->row);
        strbuf_append_char(out, '}');
    }
    strbuf_append_char(out, ']');
}

static void differences_write(struct strbuf *out, unsigned differences) {
    static const struct {
        enum import_difference bit;
        const char *name;
    } fields[] = {{IMPORT_OTHER_SYMBOL, "ticker_symbol"}, {IMPORT_OTHER_QUANTITY, "quantity"},
                  {IMPORT_OTHER_PRICE, "purchase_price"}, {IMPORT_OTHER_FEE, "fee"},
                  {IMPORT_OTHER_DATE, "purchase_date"},   {IMPORT_OTHER_FX_RATE, "fx_rate"}};
    bool is_first = true;
    json_key(out, "differs");
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!(differences & (unsigned)fields[i].bit))
            continue;
        strbuf_printf(out, "%s\"%s\"", is_first ? "" : ",", fields[i].name);
        is_first = false;
    }
    strbuf_append_char(out, ']');
}

static void lot_write(struct strbuf *out, const struct import_lot *lot, bool is_dry_run) {
    static const char *const texts[] = {
        [IMPORT_NEW] = "created", [IMPORT_DUPLICATE] = "duplicate", [IMPORT_CHANGED] = "changed",
        [IMPORT_WRONG] = "error", [IMPORT_TOO_MUCH] = "error",      [IMPORT_RATED] = "error"};
    /* What is not written has no id; nor has what is the same as it. */
    const struct import_lot *original = lot->same_as ? lot->same_as : lot;
    bool has_id = original->outcome == IMPORT_DUPLICATE || original->outcome == IMPORT_CHANGED ||
                  (original->outcome == IMPORT_NEW && !is_dry_run);
    json_i64(out, "row", (int64_t)lot->row);
    json_text(out, "status", texts[lot->outcome]);
    if (has_id)
        json_uuid(out, "investment_id", &lot->investment_id);
    if (lot->outcome == IMPORT_CHANGED)
        differences_write(out, lot->differences);
}

static void outcome_write(struct strbuf *out, const struct investment_import *import, const struct lot_csv *csv) {
    strbuf_append_char(out, '{');
    json_uuid(out, "portfolio_id", import->portfolio_id);
    json_key(out, "dry_run");
    strbuf_append_text(out, import->is_dry_run ? "true" : "false");
    json_i64(out, "created", (int64_t)import->new_n);
    json_i64(out, "duplicates", (int64_t)import->duplicates_n);
    json_i64(out, "changed", (int64_t)import->changed_n);
    json_i64(out, "wrong", (int64_t)import->wrong_n);
    json_key(out, "rows");
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < import->lots_n; i++) {
        strbuf_append_text(out, i > 0 ? ",{" : "{");
        lot_write(out, &import->lots[i], import->is_dry_run);
        strbuf_append_char(out, '}');
    }
    strbuf_append_char(out, ']');
    if (import->is_dry_run)
        errors_write(out, csv);
    strbuf_append_char(out, '}');
}

/* What only the database could tell. */
static void refusals_add(struct lot_csv *csv) {
    for (size_t i = 0; i < csv->lots_n; i++) {
        const struct import_lot *lot = &csv->lots[i];
        if (lot->outcome == IMPORT_TOO_MUCH)
            lot_csv_add_error(csv, lot->row, "quantity", ERROR_INVALID_FIELD,
                              "would take the position's quantity past 90000000000");
        else if (lot->outcome == IMPORT_RATED)
            lot_csv_add_error(csv, lot->row, "fx_rate", ERROR_INVALID_FIELD,
                              "must be 1: the asset is in the portfolio's currency");
    }
}

/* Leaves in call->out the answer, or, with STATUS_INVALID, the members of a problem. */
static enum status lots_import(struct api_call *call, struct db *db, struct lot_csv *csv) {
    struct import_input *input = call->data;
    struct investment_import import = {.portfolio_id = &call->id,
                                       .scope = api_gate_scope(call),
                                       .lots = csv->lots,
                                       .lots_n = csv->lots_n,
                                       .is_dry_run = input->is_dry_run,
                                       .is_locking = input->is_locking};
    enum status status = STATUS_OUT_OF_RANGE;
    /* With wrong rows only a dry run looks at the others; but an unknown portfolio is always told. */
    import.is_dry_run = import.is_dry_run || csv->errors_n > 0;
    status = investment_import_run(db, &import);
    input->is_locking = import.is_locking;
    if (status != STATUS_OK && (status != STATUS_OUT_OF_RANGE || import.wrong_n == 0))
        return status == STATUS_INVALID || status == STATUS_OUT_OF_RANGE ? STATUS_INTERNAL : status;
    refusals_add(csv);
    input->errors_n = csv->errors_n;
    input->new_n = import.new_n;
    if (csv->errors_n == 0 || (input->is_dry_run && !csv->is_unfit)) {
        outcome_write(&call->out, &import, csv);
        call->created_status = 200;
        return strbuf_status(&call->out);
    }
    strbuf_append_char(&call->out, ' '); /* for the comma that is due */
    errors_write(&call->out, csv);
    return STATUS_INVALID;
}

/* Reads the body and hands it to `use`. */
static enum status body_read(struct api_call *call, struct db *db,
                             enum status (*use)(struct api_call *call, struct db *db, struct lot_csv *csv)) {
    const struct import_input *input = call->data;
    size_t len = call->http->body_len;
    char *text = malloc(len + 1); /* cut up when it is read, and it may be read again */
    if (!text)
        return STATUS_NO_MEMORY;
    if (len > 0)
        memcpy(text, call->http->body, len);
    strbuf_clear(&call->out);
    struct lot_csv csv;
    enum status status = lot_csv_read(text, len, input->last_date, &csv);
    if (status == STATUS_OK) {
        status = use(call, db, &csv);
        lot_csv_fini(&csv);
    }
    free(text);
    return status;
}

static enum status import_work(struct api_call *call, struct db *db) {
    return body_read(call, db, lots_import);
}

/* Of a file that is in order. */
static enum status symbols_add(struct api_call *call, struct db *db, struct lot_csv *csv) {
    struct investment_import import = {.portfolio_id = &call->id, .lots = csv->lots, .lots_n = csv->lots_n};
    return csv->errors_n > 0 || csv->is_unfit ? STATUS_OK : investment_import_add_assets(db, &import);
}

static enum status assets_work(struct api_call *call, struct db *db) {
    return body_read(call, db, symbols_add);
}

/* --- back on the loop --- */

static void on_imported(struct api_call *call) {
    const struct import_input *input = call->data;
    if (call->job.status == STATUS_OK) {
        if (!input->is_dry_run && input->new_n > 0)
            shard_portfolio_changed(call->api->shard, &call->id);
        api_call_respond(call, 200);
        return;
    }
    if (call->job.status != STATUS_INVALID) {
        api_call_fail(call, call->job.status, "portfolio");
        return;
    }
    struct strbuf members = call->out;
    strbuf_init(&call->out);
    problem_set(&call->problem, ERROR_INVALID_FIELD, "%zu error%s in the file; nothing was imported", input->errors_n,
                input->errors_n == 1 ? "" : "s");
    call->problem.members = strbuf_text(&members);
    api_call_refuse(call);
    strbuf_fini(&members);
}

/* In a job of its own: with an Idempotency-Key the whole import is one transaction, and who needs a symbol that is new
 * to the whole database, too, would wait for its end. */
static void on_assets_added(struct api_call *call) {
    enum status status = call->job.status;
    if (status == STATUS_OK)
        api_call_create_report(call, import_work, on_imported);
    else /* of the import itself nothing was begun */
        api_call_fail(call, status == STATUS_OUTCOME_UNKNOWN ? STATUS_UNAVAILABLE : status, "portfolio");
}

void api_portfolios_import_investments(struct api_call *call) {
    if (!is_csv_type(call->http->headers[HTTP_HEADER_CONTENT_TYPE])) {
        api_call_refuse_with(call, ERROR_UNSUPPORTED_MEDIA_TYPE, "The body must be text/csv, in UTF-8");
        return;
    }
    if (!api_call_read_id(call, "portfolio") || !api_call_data(call, sizeof(struct import_input)))
        return;
    struct import_input *input = call->data;
    input->last_date = timestamp_date(clock_wall_ms(call->api->clock)) + 1;
    query_read_flag(call->http->query, "dry_run", &call->problem, &input->is_dry_run);
    if (!api_call_is_valid(call))
        return;
    if (input->is_dry_run)
        api_call_report(call, import_work, on_imported);
    else
        api_call_report(call, assets_work, on_assets_added);
}
