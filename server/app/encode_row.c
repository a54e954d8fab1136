/* Writes rows and totals: room for the longest is reserved once, then every
 * member is a few plain stores. Symbols and codes need no JSON escapes: their
 * grammar has none of the characters that do. Thread: L. */
#include "app/encode_row.h"

#include "base/digits.h"
#include "domain/valuation.h"

#include <assert.h>

/* The longest object: every member there is with the longest value; behind it,
 * what the stores of digits may touch. */
#define MEMBER_NAME_MAX 32 /* ,"…": */
#define MEMBERS_TEXT_MAX ((size_t)(FIELDS_N + 1) * (MEMBER_NAME_MAX + DECIMAL_TEXT_MAX))
#define ROW_TEXT_MAX (QUOTE_TEXT_HEAD_MAX + MEMBERS_TEXT_MAX)

#define X(id, name, in_position, in_totals)                                                                            \
    static_assert(sizeof(",\"" name "\":") <= MEMBER_NAME_MAX, "too long: " name);
PF_FIELDS(X)
#undef X

/* Inlined whatever the compiler thinks: the lengths of names must be constants. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

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

/* An object being written: what of it is wanted, and whether absence is told. */
struct writer {
    char *at;
    field_mask members;
    bool with_nulls, with_price_nulls;
};

#define PUT(writer, literal)                                                                                           \
    do {                                                                                                               \
        memcpy((writer)->at, "" literal "", sizeof(literal) - 1);                                                      \
        (writer)->at += sizeof(literal) - 1;                                                                           \
    } while (0)

/* True when the member's value is to be written now; writes its name. */
ALWAYS_INLINE bool member_begin(struct writer *writer, field_mask member, const char *name, size_t name_len,
                                bool is_present) {
    if (!(writer->members & member) || (!is_present && !writer->with_nulls))
        return false;
    memcpy(writer->at, name, name_len);
    writer->at += name_len;
    if (!is_present)
        PUT(writer, "null");
    return is_present;
}
#define MEMBER(writer, id, name, is_present)                                                                           \
    member_begin((writer), FIELD_##id, ",\"" name "\":", sizeof(",\"" name "\":") - 1, (is_present))

ALWAYS_INLINE void put_amount(struct writer *writer, struct amount amount) {
    writer->at += amount_write(writer->at, amount);
}

ALWAYS_INLINE void put_percent(struct writer *writer, field_mask member, const char *name, size_t name_len,
                               bool is_present, struct amount part, struct amount whole) {
    struct percent percent = {0};
    if (!(writer->members & member))
        return;
    bool has_percent = is_present && percent_of(part, whole, &percent) == STATUS_OK;
    if (member_begin(writer, member, name, name_len, has_percent))
        writer->at += percent_write(writer->at, percent);
}
#define PERCENT(writer, id, name, is_present, part, whole)                                                             \
    put_percent((writer), FIELD_##id, ",\"" name "\":", sizeof(",\"" name "\":") - 1, (is_present), (part), (whole))

ALWAYS_INLINE void put_string(struct writer *writer, const char *text, size_t len) {
    *writer->at++ = '"';
    memcpy(writer->at, text, len);
    writer->at += len;
    *writer->at++ = '"';
}

/* What the lots alone decide. */
ALWAYS_INLINE void put_holding(struct writer *writer, const struct position *position,
                               const struct price_book_entry *entry) {
    if (MEMBER(writer, TICKER_SYMBOL, "ticker_symbol", true))
        put_string(writer, entry->symbol.text, entry->symbol.len);
    if (MEMBER(writer, QUANTITY, "quantity", true))
        put_amount(writer, position->quantity);
    if (MEMBER(writer, AVERAGE_COST, "average_cost", true))
        put_amount(writer, position_average_cost(position));
    if (MEMBER(writer, COST_BASIS, "cost_basis", true))
        put_amount(writer, position->cost_basis);
}

/* What the quote decides. */
ALWAYS_INLINE void put_price(struct writer *writer, const struct position *position, const struct position_value *value,
                             struct price previous_close, const struct quote_text *text) {
    bool is_priced = value->is_priced;
    if (MEMBER(writer, PREVIOUS_CLOSE, "previous_close", is_priced && previous_close.e8 > 0))
        writer->at += decimal_write(writer->at, previous_close.e8);
    if (MEMBER(writer, CURRENT_VALUE, "current_value", is_priced))
        put_amount(writer, value->current_value);
    if (MEMBER(writer, GAIN_LOSS, "gain_loss", is_priced))
        put_amount(writer, value->gain_loss);
    PERCENT(writer, GAIN_LOSS_PERCENT, "gain_loss_percent", is_priced, value->gain_loss, position->cost_basis);
    if (MEMBER(writer, DAY_CHANGE, "day_change", value->has_day_change))
        put_amount(writer, value->day_change);
    PERCENT(writer, DAY_CHANGE_PERCENT, "day_change_percent", value->has_day_change, value->day_change,
            value->day_base);
    if (MEMBER(writer, PRICE_AS_OF, "price_as_of", is_priced))
        put_string(writer, text->as_of, sizeof text->as_of);
    if (MEMBER(writer, STALE, "stale", is_priced)) {
        if (value->is_stale)
            PUT(writer, "true");
        else
            PUT(writer, "false");
    }
}

/* What a row in another currency than its portfolio is in that: the totals sum these. */
static void put_converted(struct writer *writer, const struct encode_context *context,
                          const struct portfolio *portfolio, const struct position *position,
                          const struct quote *quote) {
    const struct conversion *conversion = position_conversion(portfolio, position);
    const struct price_book_entry *entry = conversion_entry(conversion, context->book);
    const struct quote *rate = entry ? price_book_quote(entry) : NULL;
    bool with_nulls = writer->with_nulls, has_cost = conversion && conversion->has_cost;
    struct position_value value = {0};
    struct fx_rate fx = {0};
    if (conversion)
        value = position_value_base(portfolio, position, quote, rate);
    bool has_rate = conversion && position_way(portfolio, position, quote) == POSITION_CONVERTED &&
                    conversion_rate(portfolio, conversion, rate, &fx);
    if (MEMBER(writer, FX_RATE, "fx_rate", has_rate))
        writer->at += decimal_write(writer->at, fx.rate.e8);
    if (MEMBER(writer, COST_BASIS_BASE, "cost_basis_base", has_cost))
        put_amount(writer, conversion->cost_basis);
    writer->with_nulls |= writer->with_price_nulls && (value.is_past_bound || value.is_day_past_bound);
    if (MEMBER(writer, CURRENT_VALUE_BASE, "current_value_base", value.is_priced))
        put_amount(writer, value.current_value);
    if (MEMBER(writer, GAIN_LOSS_BASE, "gain_loss_base", value.is_priced))
        put_amount(writer, value.gain_loss);
    PERCENT(writer, GAIN_LOSS_PERCENT_BASE, "gain_loss_percent_base", value.is_priced, value.gain_loss,
            position_cost_base(portfolio, position));
    if (MEMBER(writer, DAY_CHANGE_BASE, "day_change_base", value.has_day_change))
        put_amount(writer, value.day_change);
    PERCENT(writer, DAY_CHANGE_PERCENT_BASE, "day_change_percent_base", value.has_day_change, value.day_change,
            value.day_base);
    writer->with_nulls = with_nulls;
}

/* `,"current_price":…`, ready-made. */
ALWAYS_INLINE void put_current_price(struct writer *writer, bool is_priced, const struct quote_text *text) {
    if (!is_priced) {
        (void)MEMBER(writer, CURRENT_PRICE, "current_price", false);
    } else if (writer->members & FIELD_CURRENT_PRICE) {
        memcpy(writer->at, text->head + text->name_len, QUOTE_TEXT_PRICE_MAX);
        writer->at += text->head_len - text->name_len;
    }
}

/* A row that is in another currency is as stale as the staler of its quote and its rate. */
static bool is_rate_stale(const struct encode_context *context, const struct portfolio *portfolio,
                          const struct position *position) {
    const struct conversion *conversion = position_conversion(portfolio, position);
    const struct price_book_entry *entry = conversion_entry(conversion, context->book);
    struct fx_rate fx;
    return conversion && conversion_rate(portfolio, conversion, entry ? price_book_quote(entry) : NULL, &fx) &&
           fx.is_stale;
}

/* The row's name and members, the comma of the first still in place of the brace. */
ALWAYS_INLINE char *put_row(struct writer *writer, const struct encode_context *context,
                            const struct portfolio *portfolio, const struct position *position,
                            const struct price_book_entry *entry, const struct quote_text *text) {
    const struct quote *quote = price_book_quote(entry);
    struct position_value value = position_value(portfolio, position, quote);
    if (writer->members & FIELD_STALE && portfolio->conversions)
        value.is_stale |= is_rate_stale(context, portfolio, position);
    memcpy(writer->at, text->head, QUOTE_TEXT_HEAD_MAX);
    writer->at += text->name_len;
    char *start = writer->at;
    put_holding(writer, position, entry);
    if (MEMBER(writer, CURRENCY, "currency", true))
        put_string(writer, position->currency, sizeof position->currency);
    struct quote_split split;
    struct price previous_close = {quote ? quote->previous_close.e8 : 0};
    if (__builtin_expect(position_quote_split(portfolio, position, quote, &split), false)) {
        previous_close = split.previous_close;
        if (MEMBER(writer, CURRENT_PRICE, "current_price", value.is_priced))
            writer->at += decimal_write(writer->at, split.price.e8);
    } else {
        put_current_price(writer, value.is_priced, text);
    }
    put_price(writer, position, &value, previous_close, text);
    if (writer->members & FIELDS_ROW_TWINS && (portfolio->conversions || writer->with_nulls))
        put_converted(writer, context, portfolio, position, quote);
    return start;
}

void row_append(struct strbuf *out, const struct encode_context *context, const struct portfolio *portfolio,
                const struct position *position, const struct price_book_entry *entry, field_mask members,
                enum row_nulls nulls) {
    struct writer writer = {strbuf_reserve(out, ROW_TEXT_MAX), members, nulls == ROW_NULLS_ALL,
                            nulls != ROW_NULLS_NONE};
    struct quote_text unkept;
    const struct quote_text *text =
        context->memory ? encode_memory_quote(context->memory, entry) : quote_text_write(&unkept, entry);
    char *start;
    if (!writer.at)
        return;
    if (members == FIELDS_ROW_PRICE &&
        nulls != ROW_NULLS_ALL) { /* nearly always: compiled for itself, without the questions */
        writer.members = FIELDS_ROW_PRICE;
        writer.with_nulls = false;
        start = put_row(&writer, context, portfolio, position, entry, text);
    } else {
        start = put_row(&writer, context, portfolio, position, entry, text);
    }
    if (writer.at == start)
        PUT(&writer, "{");
    *start = '{';
    PUT(&writer, "}");
    strbuf_end(out, writer.at);
}

void row_append_gone(struct strbuf *out, const struct price_book_entry *entry) {
    STRBUF_LITERAL(out, ",\"");
    strbuf_append(out, entry->symbol.text, entry->symbol.len);
    STRBUF_LITERAL(out, "\":null");
}

void totals_append_members(struct strbuf *out, const struct totals *totals, field_mask members, bool with_nulls) {
    struct writer writer = {strbuf_reserve(out, MEMBERS_TEXT_MAX), members, with_nulls, false};
    if (!writer.at)
        return;
    if (MEMBER(&writer, TOTAL_VALUE, "total_value", true))
        put_amount(&writer, totals->total_value);
    if (MEMBER(&writer, CASH_BALANCE, "cash_balance", true))
        put_amount(&writer, totals->cash_balance);
    if (MEMBER(&writer, COST_BASIS, "cost_basis", true))
        put_amount(&writer, totals->cost_basis);
    if (MEMBER(&writer, GAIN_LOSS, "gain_loss", true))
        put_amount(&writer, totals->gain_loss);
    PERCENT(&writer, GAIN_LOSS_PERCENT, "gain_loss_percent", true, totals->gain_loss, totals->priced_cost);
    if (MEMBER(&writer, DAY_CHANGE, "day_change", true))
        put_amount(&writer, totals->day_change);
    PERCENT(&writer, DAY_CHANGE_PERCENT, "day_change_percent", true, totals->day_change, totals->day_base);
    if (MEMBER(&writer, UNPRICED, "unpriced", true))
        writer.at += digits_write_u64(writer.at, totals->unpriced_n);
    strbuf_end(out, writer.at);
}
