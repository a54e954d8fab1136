/* The numbering rules of the bus. It owns the stored quotes of one bus and
 * refuses a batch as a whole. Thread: the owner's. */
#include "feed/quote_ledger.h"

#include "base/map.h"
#include "base/timestamp.h"
#include "feed/quote_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ledger_entry {
    struct symbol symbol;
    struct numbered_quote stored; /* seq 0: nothing is stored in this epoch */
};

struct quote_ledger {
    struct map entries; /* symbol -> struct ledger_entry */
    struct bus_epoch epoch;
    uint64_t seq, fence;
    char replid[64];
};

enum status quote_ledger_create(struct quote_ledger **ret_ledger) {
    struct quote_ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        return STATUS_NO_MEMORY;
    map_init(&ledger->entries);
    *ret_ledger = ledger;
    return STATUS_OK;
}

void quote_ledger_destroy(struct quote_ledger **ledger) {
    if (!*ledger)
        return;
    struct ledger_entry *entry;
    for (size_t at = 0; (entry = map_next(&(*ledger)->entries, &at));)
        free(entry);
    map_fini(&(*ledger)->entries);
    free(*ledger);
    *ledger = NULL;
}

/* Years 0001 to 9999: the text of a time has a fixed width, so that the script
 * may compare it as text. */
#define AS_OF_MIN_MS INT64_C(-62135596800000)
#define AS_OF_MAX_MS INT64_C(253402300799999)

static const char *quote_fault(const struct quote *quote) {
    char source[QUOTE_SOURCE_MAX + 1];
    if (quote->price.e8 <= 0 || quote->price.e8 > DECIMAL_MAX_E8)
        return "the price must be above 0";
    if (quote->previous_close.e8 < 0 || quote->previous_close.e8 > DECIMAL_MAX_E8)
        return "the previous close must be above 0";
    if (quote->currency.code[0] == '\0')
        return "no currency";
    if (quote_source_parse(quote->source, strnlen(quote->source, sizeof quote->source), source) != STATUS_OK)
        return "no valid source";
    if (quote->as_of_ms == BUS_AS_OF_NOW)
        return NULL;
    if (quote->as_of_ms < AS_OF_MIN_MS || quote->as_of_ms > AS_OF_MAX_MS)
        return "the time is outside the years 0001 to 9999";
    return NULL;
}

enum status quote_batch_check(const struct quote *quotes, size_t n, char *detail, size_t detail_len) {
    for (size_t i = 0; i < n; i++) {
        const char *fault = quotes[i].symbol.len == 0 ? "no symbol" : quote_fault(&quotes[i]);
        if (fault) {
            snprintf(detail, detail_len, "%s: %s", quotes[i].symbol.text, fault);
            return STATUS_INVALID;
        }
    }
    return STATUS_OK;
}

static void epoch_begin(struct quote_ledger *ledger, const struct quote_ledger_call *call) {
    struct ledger_entry *entry;
    for (size_t at = 0; (entry = map_next(&ledger->entries, &at));)
        entry->stored.seq = 0;
    ledger->epoch = *call->new_epoch;
    ledger->seq = 0;
    if (call->fence > ledger->fence)
        ledger->fence = call->fence;
    snprintf(ledger->replid, sizeof ledger->replid, "%s", call->replid);
}

static const struct numbered_quote *stored_find(const struct quote_ledger *ledger, const struct symbol *symbol) {
    const struct ledger_entry *entry = map_get(&ledger->entries, symbol->text, symbol->len);
    return entry && entry->stored.seq != 0 ? &entry->stored : NULL;
}

/* The quote with its time. */
static struct quote quote_dated(const struct quote *quote, const struct numbered_quote *stored, int64_t now_ms) {
    struct quote dated = *quote;
    if (quote->as_of_ms == BUS_AS_OF_NOW) {
        dated.as_of_ms = stored && stored->quote.as_of_ms >= now_ms ? stored->quote.as_of_ms + 1 : now_ms;
        dated.session = timestamp_date(dated.as_of_ms);
    }
    return dated;
}

/* The quote as it would be stored. */
static struct quote quote_merge(const struct quote *quote, const struct numbered_quote *stored, bool keep,
                                int64_t now_ms) {
    struct quote merged = quote_dated(quote, stored, now_ms);
    if (quote->is_currency_assumed && stored)
        merged.currency = stored->quote.currency;
    merged.is_currency_assumed = false;
    if (keep && stored && merged.previous_close.e8 == 0 && currency_equal(merged.currency, stored->quote.currency))
        merged.previous_close = stored->quote.previous_close;
    return merged;
}

/* Refuses with a status and a reason, or returns STATUS_OK. */
static enum status quote_judge(const struct numbered_quote *stored, const struct quote *quote, bool is_twice,
                               int64_t now_ms, const char **ret_reason) {
    if (is_twice) {
        *ret_reason = "twice in one batch";
        return STATUS_INVALID;
    }
    if (stored && quote->as_of_ms < stored->quote.as_of_ms) {
        *ret_reason = "older than the stored quote";
        return STATUS_CONFLICT;
    }
    if (quote->as_of_ms > now_ms + QUOTE_FUTURE_MAX_MS) {
        *ret_reason = "more than 5 s in the future";
        return STATUS_OUT_OF_RANGE;
    }
    return STATUS_OK;
}

/* Sets the answer of a refused batch; NO_MEMORY is returned, not answered. */
static enum status batch_judge(const struct quote_ledger *ledger, const struct quote *quotes, size_t n, int64_t now_ms,
                               struct bus_published *published) {
    struct map seen;
    char present = 0; /* the value of each key; only its presence counts */
    enum status status = STATUS_OK;
    map_init(&seen);
    for (size_t i = 0; i < n && status == STATUS_OK && published->status == STATUS_OK; i++) {
        const char *reason = "";
        void *earlier = NULL;
        status = map_put(&seen, quotes[i].symbol.text, quotes[i].symbol.len, &present, &earlier);
        if (status != STATUS_OK)
            break;
        const struct numbered_quote *stored = stored_find(ledger, &quotes[i].symbol);
        const struct quote dated = quote_dated(&quotes[i], stored, now_ms);
        published->status = quote_judge(stored, &dated, earlier != NULL, now_ms, &reason);
        if (published->status != STATUS_OK)
            snprintf(published->detail, sizeof published->detail, "%s: %s", quotes[i].symbol.text, reason);
        if (published->status == STATUS_CONFLICT && n == 1)
            published->stored = stored->quote;
    }
    map_fini(&seen);
    return status;
}

/* Makes an entry for every symbol, so that storing cannot fail half-way. */
static enum status entries_prepare(struct quote_ledger *ledger, const struct quote *quotes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (map_get(&ledger->entries, quotes[i].symbol.text, quotes[i].symbol.len))
            continue;
        struct ledger_entry *entry = calloc(1, sizeof *entry);
        if (!entry)
            return STATUS_NO_MEMORY;
        entry->symbol = quotes[i].symbol;
        enum status status = map_put(&ledger->entries, entry->symbol.text, entry->symbol.len, entry, NULL);
        if (status != STATUS_OK) {
            free(entry);
            return status;
        }
    }
    return STATUS_OK;
}

/* Stores what changed; returns the highest number of what did not. */
static uint64_t batch_store(struct quote_ledger *ledger, const struct quote_ledger_call *call,
                            const struct quote *quotes, size_t n,
                            void (*on_stored)(void *context, const struct quote *quote), void *context) {
    uint64_t unchanged_seq = 0, next_seq = ledger->seq + 1;
    for (size_t i = 0; i < n; i++) {
        struct ledger_entry *entry = map_get(&ledger->entries, quotes[i].symbol.text, quotes[i].symbol.len);
        const struct numbered_quote *stored = entry->stored.seq != 0 ? &entry->stored : NULL;
        struct quote merged = quote_merge(&quotes[i], stored, call->keep_previous_close, call->now_ms);
        if (stored && quote_is_unchanged(&stored->quote, &merged)) {
            if (stored->seq > unchanged_seq)
                unchanged_seq = stored->seq;
            continue;
        }
        entry->stored = (struct numbered_quote){.quote = merged, .seq = next_seq};
        ledger->seq = next_seq;
        if (on_stored)
            on_stored(context, &entry->stored.quote);
    }
    return unchanged_seq;
}

enum status quote_ledger_publish(struct quote_ledger *ledger, const struct quote_ledger_call *call,
                                 const struct quote *quotes, size_t n,
                                 void (*on_stored)(void *context, const struct quote *quote), void *context,
                                 struct bus_published *ret_published) {
    struct bus_published published = {.status = STATUS_OK};
    if (call->fence > 0 && call->fence < ledger->fence) {
        published.status = STATUS_PRECONDITION;
        snprintf(published.detail, sizeof published.detail, "fencing number %llu is older than %llu",
                 (unsigned long long)call->fence, (unsigned long long)ledger->fence);
    } else if (ledger->epoch.text[0] == '\0' || strcmp(ledger->replid, call->replid) != 0) {
        epoch_begin(ledger, call);
    }
    published.epoch = ledger->epoch;
    published.seq = ledger->seq;
    enum status status = STATUS_OK;
    if (published.status == STATUS_OK)
        status = batch_judge(ledger, quotes, n, call->now_ms, &published);
    if (status == STATUS_OK && published.status == STATUS_OK)
        status = entries_prepare(ledger, quotes, n);
    if (status != STATUS_OK)
        return status;
    if (published.status == STATUS_OK && n > 0) {
        uint64_t unchanged_seq = batch_store(ledger, call, quotes, n, on_stored, context);
        published.is_changed = ledger->seq != published.seq;
        published.seq = published.is_changed ? ledger->seq : unchanged_seq;
        if (n == 1)
            published.stored = stored_find(ledger, &quotes[0].symbol)->quote;
    }
    *ret_published = published;
    return STATUS_OK;
}

void quote_ledger_position(const struct quote_ledger *ledger, struct bus_epoch *ret_epoch, uint64_t *ret_seq) {
    *ret_epoch = ledger->epoch;
    *ret_seq = ledger->seq;
}

uint64_t quote_ledger_fence(const struct quote_ledger *ledger) {
    return ledger->fence;
}

void quote_ledger_raise_fence(struct quote_ledger *ledger, uint64_t fence) {
    if (fence > ledger->fence)
        ledger->fence = fence;
}

enum status quote_ledger_book(const struct quote_ledger *ledger, struct numbered_quote **ret_quotes, size_t *ret_n) {
    struct numbered_quote *quotes = calloc(ledger->entries.count + 1, sizeof *quotes);
    if (!quotes)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    const struct ledger_entry *entry;
    for (size_t at = 0; (entry = map_next(&ledger->entries, &at));) {
        if (entry->stored.seq != 0)
            quotes[n++] = entry->stored;
    }
    *ret_quotes = quotes;
    *ret_n = n;
    return STATUS_OK;
}
