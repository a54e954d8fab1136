/* Writes state documents and patches of them. Owns nothing. Thread: L. */
#include "app/encode.h"

#include "app/encode_row.h"
#include "domain/holders.h"
#include "ops/metrics.h"

#include <string.h>

/* 2 cursors, 2 identifiers' worth of one, the time, and the names in between. */
#define HEAD_TEXT_MAX (2 * CURSOR_TEXT_MAX + 256)
#define ROWS_AT_ONCE 64

void encode_cursor(const struct encode_context *context, const struct held_portfolio *held, field_mask fields,
                   struct cursor *ret_cursor) {
    memcpy(ret_cursor->epoch, context->epoch, CURSOR_EPOCH_LEN + 1);
    ret_cursor->seq = held->seq;
    ret_cursor->version = held_version(held);
    ret_cursor->fields = fields;
}

void encode_cursor_after(const struct encode_context *context, const struct held_portfolio *held,
                         const struct cursor *base, struct cursor *ret_cursor) {
    uint64_t base_seq = base->seq; /* both may be one */
    encode_cursor(context, held, base->fields, ret_cursor);
    if (ret_cursor->seq < base_seq)
        ret_cursor->seq = base_seq;
}

#define PUT(at, literal) ((char *)memcpy((at), "" literal "", sizeof(literal) - 1) + sizeof(literal) - 1)

static char *put_cursor(char *at, const struct cursor *cursor) {
    at += cursor_write(at, cursor);
    return PUT(at, "\"");
}

static char *put_as_of(char *at, const struct encode_context *context, int64_t as_of_ms) {
    char written[TIMESTAMP_TEXT_LEN + 1];
    const char *text = written;
    if (context->memory)
        text = encode_memory_as_of(context->memory, as_of_ms);
    else
        timestamp_write(written, as_of_ms);
    memcpy(at, text, TIMESTAMP_TEXT_LEN);
    return at + TIMESTAMP_TEXT_LEN;
}

static char *put_id(char *at, const struct uuid *id) {
    uuid_write(at, id);
    at += UUID_TEXT_LEN;
    return PUT(at, "\"");
}

/* `{"type":…` to the time; a delta has a base. */
static void append_head(struct strbuf *out, const struct encode_context *context, const struct held_portfolio *held,
                        const struct cursor *base, const struct cursor *cursor) {
    char *at = strbuf_reserve(out, HEAD_TEXT_MAX);
    if (!at)
        return;
    at = base ? PUT(at, "{\"type\":\"delta\",\"portfolio_id\":\"")
              : PUT(at, "{\"type\":\"snapshot\",\"portfolio_id\":\"");
    at = put_id(at, &held->id);
    if (base)
        at = put_cursor(PUT(at, ",\"base\":\""), base);
    at = put_cursor(PUT(at, ",\"cursor\":\""), cursor);
    at = put_as_of(PUT(at, ",\"as_of\":\""), context, held->as_of_ms);
    strbuf_end(out, PUT(at, "\""));
}

static void append_names(struct strbuf *out, const struct portfolio *portfolio) {
    STRBUF_LITERAL(out, ",\"portfolio_name\":");
    strbuf_append_json_string(out, portfolio->name, strlen(portfolio->name));
    STRBUF_LITERAL(out, ",\"base_currency\":\"");
    strbuf_append_text(out, portfolio->base_currency.code);
    strbuf_append_char(out, '"');
}

void encode_totals(struct strbuf *out, const struct totals *totals) {
    size_t start = out->len;
    totals_append_members(out, totals, FIELDS_TOTALS, false);
    members_close(out, start);
}

static void append_snapshot(struct strbuf *out, const struct encode_context *context, const struct held_portfolio *held,
                            field_mask fields) {
    const struct portfolio *portfolio = held->portfolio;
    field_mask shown = fields ? fields : FIELDS_ALL;
    struct cursor cursor;
    encode_cursor(context, held, fields, &cursor);
    append_head(out, context, held, NULL, &cursor);
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &held->id);
    STRBUF_LITERAL(out, ",\"data\":{\"portfolio_id\":\"");
    strbuf_append(out, id, UUID_TEXT_LEN);
    strbuf_append_char(out, '"');
    append_names(out, portfolio);
    STRBUF_LITERAL(out, ",\"totals\":");
    size_t totals_start = out->len;
    const struct totals totals = holders_totals(portfolio);
    totals_append_members(out, &totals, shown & FIELDS_TOTALS, false);
    members_close(out, totals_start);
    STRBUF_LITERAL(out, ",\"positions\":");
    size_t rows_start = out->len;
    for (size_t i = 0; shown & FIELDS_POSITION && i < portfolio->positions_n; i++) {
        const struct position *position = &portfolio->positions[i];
        const struct price_book_entry *entry = price_book_entry_at(context->book, position->symbol);
        row_append(out, context, portfolio, position, entry, shown & FIELDS_POSITION, ROW_NULLS_NONE);
    }
    members_close(out, rows_start);
    STRBUF_LITERAL(out, "}}");
}

/* What of a changed row a patch from `base` carries. Which members a row has depends on its version and on the details
 * of the quote and of the rate only, so a mere price (nothing but FIELDS_ROW_PRICE and …_CONVERTED) needs no null. */
static field_mask row_patch_members(const struct encode_context *context, const struct portfolio *portfolio,
                                    const struct position *position, const struct price_book_entry *entry,
                                    const struct cursor *base) {
    const struct conversion *conversion = position_conversion(portfolio, position);
    if (position->version > base->version) {
        bool may_have_twins = conversion || portfolio->currencies_version > base->version;
        return may_have_twins ? FIELDS_POSITION : FIELDS_POSITION & ~FIELDS_ROW_TWINS;
    }
    field_mask members = FIELDS_ROW_PRICE;
    bool has_new_details = entry->details_seq > base->seq;
    if (conversion) {
        const struct price_book_entry *rate = conversion_entry(conversion, context->book);
        members |= FIELDS_ROW_CONVERTED;
        has_new_details |= rate && rate->details_seq > base->seq;
    }
    return has_new_details ? members | FIELDS_ROW_DETAILS : members;
}

static bool is_mere_price(field_mask members) {
    return !(members & ~(FIELDS_ROW_PRICE | FIELDS_ROW_CONVERTED));
}

/* The totals that may differ from the client's, given what of the rows does. */
static field_mask totals_patch_members(bool is_new_version, field_mask rows_touched) {
    if (is_new_version)
        return FIELDS_TOTALS;
    field_mask members = 0;
    if (rows_touched & FIELDS_ROW_PRICE)
        members |=
            FIELD_TOTAL_VALUE | FIELD_GAIN_LOSS | FIELD_GAIN_LOSS_PERCENT | FIELD_DAY_CHANGE | FIELD_DAY_CHANGE_PERCENT;
    /* A mere price may take a row in another currency above the bound, or bring it back. */
    if (rows_touched & (FIELDS_ROW_DETAILS | FIELDS_ROW_CONVERTED))
        members |= FIELD_UNPRICED;
    return members;
}

/* The rows among `first` and the next ROWS_AT_ONCE that changed after `base`; returns how many. Reads the numbers of
 * the quotes and rates, which lie together, and the rows themselves only when the portfolio has a new version. No
 * branch: which rows changed cannot be foreseen. What is found is asked from memory, to be there when it is written. */
static unsigned find_changed_rows(const struct encode_context *context, const struct portfolio *portfolio,
                                  const struct cursor *base, uint32_t first, uint32_t ret_rows[ROWS_AT_ONCE]) {
    const uint64_t *seqs = price_book_seqs(context->book), base_seq = base->seq, base_version = base->version;
    const symbol_index *symbols = portfolio->symbols;
    const struct position *positions = portfolio->positions;
    uint32_t end =
        first + ROWS_AT_ONCE < portfolio->positions_n ? first + ROWS_AT_ONCE : (uint32_t)portfolio->positions_n;
    const symbol_index *rates = portfolio->rate_symbols;
    bool is_new_version = portfolio->version > base_version, is_more = is_new_version || rates;
    unsigned n = 0;
    for (uint32_t i = first; i < end; i++) {
        ret_rows[n] = i;
        unsigned is_changed = seqs[symbols[i]] > base_seq ? 1 : 0;
        if (is_more) {
            is_changed |= is_new_version && positions[i].version > base_version ? 1 : 0;
            is_changed |= rates && seqs[rates[i]] > base_seq ? 1 : 0;
        }
        n += is_changed;
    }
    for (unsigned i = 0; i < n; i++)
        __builtin_prefetch(&positions[ret_rows[i]]);
    return n;
}

/* The patch's rows; returns which members were touched, selected or not. */
static field_mask append_rows_patch(struct strbuf *out, const struct encode_context *context,
                                    const struct portfolio *portfolio, const struct cursor *base, field_mask shown) {
    field_mask touched = 0;
    for (uint32_t first = 0; first < portfolio->positions_n; first += ROWS_AT_ONCE) {
        uint32_t rows[ROWS_AT_ONCE];
        unsigned n = find_changed_rows(context, portfolio, base, first, rows);
        for (unsigned i = 0; i < n; i++) {
            const struct position *position = &portfolio->positions[rows[i]];
            const struct price_book_entry *entry = price_book_entry_at(context->book, position->symbol);
            field_mask members = row_patch_members(context, portfolio, position, entry, base);
            touched |= members;
            if (members & shown & FIELDS_POSITION)
                row_append(out, context, portfolio, position, entry, members & shown & FIELDS_POSITION,
                           is_mere_price(members) ? ROW_NULLS_PRICE : ROW_NULLS_ALL);
        }
    }
    for (size_t i = 0; shown & FIELDS_POSITION && i < portfolio->gone_n; i++) {
        if (portfolio->gone[i].version > base->version)
            row_append_gone(out, price_book_entry_at(context->book, portfolio->gone[i].symbol));
    }
    return touched;
}

/* Appends `,"patch":{…}`; false when the patch is empty. */
static bool append_patch(struct strbuf *out, const struct encode_context *context, const struct portfolio *portfolio,
                         const struct cursor *base) {
    field_mask shown = base->fields ? base->fields : FIELDS_ALL;
    bool is_new_version = portfolio->version > base->version;
    STRBUF_LITERAL(out, ",\"patch\":");
    size_t patch_start = out->len;
    if (is_new_version)
        append_names(out, portfolio);
    size_t before_rows = out->len;
    STRBUF_LITERAL(out, ",\"positions\":");
    size_t rows_start = out->len;
    field_mask touched = append_rows_patch(out, context, portfolio, base, shown);
    if (out->len == rows_start)
        out->len = before_rows;
    else
        members_close(out, rows_start);
    field_mask members = totals_patch_members(is_new_version, touched) & shown;
    if (members) {
        const struct totals totals = holders_totals(portfolio);
        STRBUF_LITERAL(out, ",\"totals\":");
        size_t totals_start = out->len;
        totals_append_members(out, &totals, members, true);
        members_close(out, totals_start);
    }
    bool is_empty = out->len == patch_start;
    members_close(out, patch_start);
    strbuf_append_char(out, '}');
    return !is_empty;
}

static struct frame_pool *pool_of(const struct encode_context *context) {
    return context->memory ? context->memory->frames : NULL;
}

/* The frame written into `text`. When others look at the portfolio too, it is kept for them, in no more memory than it
 * needs; else it lives until it is sent, and its memory is the next one's. */
static enum status finish(const struct encode_context *context, struct held_portfolio *held,
                          const struct frame_key *key, struct strbuf *text, struct frame **ret_frame) {
    struct frame *frame = NULL;
    enum status status = frame_end(pool_of(context), text, &frame);
    if (status != STATUS_OK)
        return status;
    metrics_increment(METRIC_FRAMES_ENCODED);
    struct frame *kept = NULL;
    if (held->users_n > 1 && frame_create(frame_payload(frame), frame->len, &kept) == STATUS_OK) {
        frame_unref(&frame);
        frame = kept;
        frame_cache_add(&held->frames, key, frame);
    }
    *ret_frame = frame;
    return STATUS_OK;
}

enum status encode_snapshot(const struct encode_context *context, struct held_portfolio *held, field_mask fields,
                            struct frame **ret_frame) {
    struct frame_key key = {.fields = fields};
    struct frame *cached;
    if (frame_cache_find(&held->frames, &key, &cached)) {
        *ret_frame = frame_ref(cached);
        return STATUS_OK;
    }
    struct strbuf text;
    frame_begin(pool_of(context), &text);
    append_snapshot(&text, context, held, fields);
    return finish(context, held, &key, &text, ret_frame);
}

enum status encode_delta(const struct encode_context *context, struct held_portfolio *held, const struct cursor *base,
                         bool is_forced, struct frame **ret_frame) {
    struct frame_key key = {
        .is_delta = true, .fields = base->fields, .base_seq = base->seq, .base_version = base->version};
    struct frame *cached;
    if (frame_cache_find(&held->frames, &key, &cached) && (cached || !is_forced)) {
        *ret_frame = cached ? frame_ref(cached) : NULL;
        return STATUS_OK;
    }
    struct cursor cursor;
    struct strbuf text;
    encode_cursor_after(context, held, base, &cursor);
    frame_begin(pool_of(context), &text);
    append_head(&text, context, held, base, &cursor);
    bool shows = append_patch(&text, context, held->portfolio, base);
    if (!shows && !is_forced && cursor.version == base->version) {
        enum status status = strbuf_status(&text);
        frame_cancel(pool_of(context), &text);
        if (status != STATUS_OK)
            return status;
        if (held->users_n > 1)
            frame_cache_add(&held->frames, &key, NULL);
        *ret_frame = NULL;
        return STATUS_OK;
    }
    return finish(context, held, &key, &text, ret_frame);
}
