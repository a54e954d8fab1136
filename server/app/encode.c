/* Writes state documents and patches of them. Owns nothing. Thread: L. */
#include "app/encode.h"

#include "app/encode_row.h"
#include "ops/metrics.h"

#include <string.h>

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

static void append_cursor(struct strbuf *out, const char *name, const struct cursor *cursor) {
    char token[CURSOR_TEXT_MAX];
    size_t len = cursor_write(token, cursor);
    strbuf_append_text(out, name);
    strbuf_append(out, token, len);
    strbuf_append_char(out, '"');
}

static void append_head(struct strbuf *out, const char *type, const struct held_portfolio *held,
                        const struct cursor *base, const struct cursor *cursor) {
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &held->id);
    STRBUF_LITERAL(out, "{\"type\":\"");
    strbuf_append_text(out, type);
    STRBUF_LITERAL(out, "\",\"portfolio_id\":\"");
    strbuf_append(out, id, UUID_TEXT_LEN);
    strbuf_append_char(out, '"');
    if (base)
        append_cursor(out, ",\"base\":\"", base);
    append_cursor(out, ",\"cursor\":\"", cursor);
    STRBUF_LITERAL(out, ",\"as_of\":\"");
    strbuf_append_timestamp(out, held->as_of_ms);
    strbuf_append_char(out, '"');
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
    append_head(out, "snapshot", held, NULL, &cursor);
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &held->id);
    STRBUF_LITERAL(out, ",\"data\":{\"portfolio_id\":\"");
    strbuf_append(out, id, UUID_TEXT_LEN);
    strbuf_append_char(out, '"');
    append_names(out, portfolio);
    STRBUF_LITERAL(out, ",\"totals\":");
    size_t totals_start = out->len;
    totals_append_members(out, &portfolio->totals, shown & FIELDS_TOTALS, false);
    members_close(out, totals_start);
    STRBUF_LITERAL(out, ",\"positions\":");
    size_t rows_start = out->len;
    for (size_t i = 0; shown & FIELDS_POSITION && i < portfolio->positions_n; i++) {
        const struct position *position = &portfolio->positions[i];
        const struct price_book_entry *entry = price_book_entry_at(context->book, position->symbol);
        row_append(out, portfolio, position, entry, shown & FIELDS_POSITION, false);
    }
    members_close(out, rows_start);
    STRBUF_LITERAL(out, "}}");
}

/* What of a row a patch from `base` carries: nothing, the price's part, or all. */
static field_mask row_patch_members(const struct position *position, const struct price_book_entry *entry,
                                    const struct cursor *base, bool *ret_has_nulls) {
    if (position->version > base->version) {
        *ret_has_nulls = true;
        return FIELDS_POSITION;
    }
    if (entry->seq <= base->seq)
        return 0;
    /* Which members a row has depends on its version and on the quote's details only, so a mere price needs no null. */
    *ret_has_nulls = entry->details_seq > base->seq;
    return *ret_has_nulls ? FIELDS_ROW_PRICE | FIELDS_ROW_DETAILS : FIELDS_ROW_PRICE;
}

/* The totals that may differ from the client's, given what of the rows does. */
static field_mask totals_patch_members(bool is_new_version, field_mask rows_touched) {
    if (is_new_version)
        return FIELDS_TOTALS;
    field_mask members = 0;
    if (rows_touched & FIELDS_ROW_PRICE)
        members |=
            FIELD_TOTAL_VALUE | FIELD_GAIN_LOSS | FIELD_GAIN_LOSS_PERCENT | FIELD_DAY_CHANGE | FIELD_DAY_CHANGE_PERCENT;
    if (rows_touched & FIELDS_ROW_DETAILS)
        members |= FIELD_UNPRICED;
    return members;
}

/* The patch's rows; returns which members were touched, selected or not. */
static field_mask append_rows_patch(struct strbuf *out, const struct encode_context *context,
                                    const struct portfolio *portfolio, const struct cursor *base, field_mask shown) {
    field_mask touched = 0;
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        const struct position *position = &portfolio->positions[i];
        const struct price_book_entry *entry = price_book_entry_at(context->book, position->symbol);
        bool has_nulls = false;
        field_mask members = row_patch_members(position, entry, base, &has_nulls);
        touched |= members;
        if (members & shown & FIELDS_POSITION)
            row_append(out, portfolio, position, entry, members & shown & FIELDS_POSITION, has_nulls);
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
    field_mask totals = totals_patch_members(is_new_version, touched) & shown;
    if (totals) {
        STRBUF_LITERAL(out, ",\"totals\":");
        size_t totals_start = out->len;
        totals_append_members(out, &portfolio->totals, totals, true);
        members_close(out, totals_start);
    }
    bool is_empty = out->len == patch_start;
    members_close(out, patch_start);
    strbuf_append_char(out, '}');
    return !is_empty;
}

static enum status frame_from_scratch(const struct encode_context *context, struct held_portfolio *held,
                                      const struct frame_key *key, struct frame **ret_frame) {
    enum status status = strbuf_status(context->scratch);
    struct frame *frame = NULL;
    if (status == STATUS_OK)
        status = frame_create(context->scratch->data, context->scratch->len, &frame);
    if (status != STATUS_OK)
        return status;
    metrics_increment(METRIC_FRAMES_ENCODED);
    frame_cache_add(&held->frames, key, frame);
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
    strbuf_clear(context->scratch);
    append_snapshot(context->scratch, context, held, fields);
    return frame_from_scratch(context, held, &key, ret_frame);
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
    encode_cursor_after(context, held, base, &cursor);
    strbuf_clear(context->scratch);
    append_head(context->scratch, "delta", held, base, &cursor);
    bool shows = append_patch(context->scratch, context, held->portfolio, base);
    if (!shows && !is_forced && cursor.version == base->version) {
        frame_cache_add(&held->frames, &key, NULL);
        *ret_frame = NULL;
        return STATUS_OK;
    }
    return frame_from_scratch(context, held, &key, ret_frame);
}
