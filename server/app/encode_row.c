/* Writes rows and totals. Symbols and codes need no JSON escapes: their
 * grammar has none of the characters that do. Thread: L. */
#include "app/encode_row.h"

#include "domain/valuation.h"

void members_close(struct strbuf *out, size_t start) {
    if (out->failed)
        return;
    if (out->len == start)
        STRBUF_LITERAL(out, "{}");
    else {
        out->data[start] = '{';
        strbuf_append_char(out, '}');
    }
}

/* One row being written: what of it is wanted, and whether absence is told. */
struct row_writer {
    struct strbuf *out;
    field_mask members;
    bool with_nulls;
};

/* True when the member's value is to be written now; writes its name. */
static bool member_begin(const struct row_writer *writer, field_mask member, const char *name, size_t name_len,
                         bool is_present) {
    if (!(writer->members & member) || (!is_present && !writer->with_nulls))
        return false;
    strbuf_append(writer->out, name, name_len);
    if (!is_present)
        STRBUF_LITERAL(writer->out, "null");
    return is_present;
}
#define MEMBER(writer, id, name, is_present)                                                                           \
    member_begin((writer), FIELD_##id, ",\"" name "\":", sizeof(",\"" name "\":") - 1, (is_present))

static void append_percent(const struct row_writer *writer, field_mask member, const char *name, size_t name_len,
                           bool is_present, struct amount part, struct amount whole) {
    struct percent percent = {0};
    bool has_percent = is_present && percent_of(part, whole, &percent) == STATUS_OK;
    if (member_begin(writer, member, name, name_len, has_percent))
        strbuf_append_percent(writer->out, percent);
}
#define PERCENT(writer, id, name, is_present, part, whole)                                                             \
    append_percent((writer), FIELD_##id, ",\"" name "\":", sizeof(",\"" name "\":") - 1, (is_present), (part), (whole))

static void append_text(struct strbuf *out, const char *text, size_t len) {
    strbuf_append_char(out, '"');
    strbuf_append(out, text, len);
    strbuf_append_char(out, '"');
}

/* What the lots alone decide. */
static void append_holding(const struct row_writer *writer, const struct position *position,
                           const struct price_book_entry *entry) {
    struct strbuf *out = writer->out;
    if (MEMBER(writer, TICKER_SYMBOL, "ticker_symbol", true))
        append_text(out, entry->symbol.text, entry->symbol.len);
    if (MEMBER(writer, QUANTITY, "quantity", true))
        strbuf_append_amount(out, position->quantity);
    if (MEMBER(writer, AVERAGE_COST, "average_cost", true))
        strbuf_append_amount(out, position_average_cost(position));
    if (MEMBER(writer, COST_BASIS, "cost_basis", true))
        strbuf_append_amount(out, position->cost_basis);
}

/* What the quote decides. */
static void append_price(const struct row_writer *writer, const struct portfolio *portfolio,
                         const struct position *position, const struct price_book_entry *entry) {
    struct strbuf *out = writer->out;
    const struct position_value computed = position_value(portfolio, position, price_book_quote(entry));
    const struct position_value *value = &computed;
    bool is_priced = value->is_priced;
    if (MEMBER(writer, CURRENT_PRICE, "current_price", is_priced))
        strbuf_append_decimal(out, entry->quote.price.e8);
    if (MEMBER(writer, PREVIOUS_CLOSE, "previous_close", is_priced && entry->quote.previous_close.e8 > 0))
        strbuf_append_decimal(out, entry->quote.previous_close.e8);
    if (MEMBER(writer, CURRENT_VALUE, "current_value", is_priced))
        strbuf_append_amount(out, value->current_value);
    if (MEMBER(writer, GAIN_LOSS, "gain_loss", is_priced))
        strbuf_append_amount(out, value->gain_loss);
    PERCENT(writer, GAIN_LOSS_PERCENT, "gain_loss_percent", is_priced, value->gain_loss, position->cost_basis);
    if (MEMBER(writer, DAY_CHANGE, "day_change", value->has_day_change))
        strbuf_append_amount(out, value->day_change);
    PERCENT(writer, DAY_CHANGE_PERCENT, "day_change_percent", value->has_day_change, value->day_change,
            value->day_base);
    if (MEMBER(writer, PRICE_AS_OF, "price_as_of", is_priced)) {
        strbuf_append_char(out, '"');
        strbuf_append_timestamp(out, entry->quote.as_of_ms);
        strbuf_append_char(out, '"');
    }
    if (MEMBER(writer, STALE, "stale", is_priced))
        strbuf_append_text(out, value->is_stale ? "true" : "false");
}

static void row_begin(struct strbuf *out, const struct price_book_entry *entry) {
    STRBUF_LITERAL(out, ",\"");
    strbuf_append(out, entry->symbol.text, entry->symbol.len);
    STRBUF_LITERAL(out, "\":");
}

void row_append(struct strbuf *out, const struct portfolio *portfolio, const struct position *position,
                const struct price_book_entry *entry, field_mask members, bool with_nulls) {
    struct row_writer writer = {out, members, with_nulls};
    row_begin(out, entry);
    size_t start = out->len;
    append_holding(&writer, position, entry);
    if (MEMBER(&writer, CURRENCY, "currency", true)) {
        struct currency currency = position_currency(portfolio, entry);
        append_text(out, currency.code, sizeof currency.code - 1);
    }
    append_price(&writer, portfolio, position, entry);
    members_close(out, start);
}

void row_append_gone(struct strbuf *out, const struct price_book_entry *entry) {
    row_begin(out, entry);
    STRBUF_LITERAL(out, "null");
}

void totals_append_members(struct strbuf *out, const struct totals *totals, field_mask members, bool with_nulls) {
    struct row_writer writer = {out, members, with_nulls};
    if (MEMBER(&writer, TOTAL_VALUE, "total_value", true))
        strbuf_append_amount(out, totals->total_value);
    if (MEMBER(&writer, CASH_BALANCE, "cash_balance", true))
        strbuf_append_amount(out, totals->cash_balance);
    if (MEMBER(&writer, COST_BASIS, "cost_basis", true))
        strbuf_append_amount(out, totals->cost_basis);
    if (MEMBER(&writer, GAIN_LOSS, "gain_loss", true))
        strbuf_append_amount(out, totals->gain_loss);
    PERCENT(&writer, GAIN_LOSS_PERCENT, "gain_loss_percent", true, totals->gain_loss, totals->priced_cost);
    if (MEMBER(&writer, DAY_CHANGE, "day_change", true))
        strbuf_append_amount(out, totals->day_change);
    PERCENT(&writer, DAY_CHANGE_PERCENT, "day_change_percent", true, totals->day_change, totals->day_base);
    if (MEMBER(&writer, UNPRICED, "unpriced", true))
        strbuf_append_u64(out, totals->unpriced_n);
}
