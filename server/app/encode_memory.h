/* What a loop keeps from one encoded frame to the next: memory of sent frames,
 * and texts that are the same in the frames of many portfolios.
 *
 * What of a row the quote alone decides (the symbol, the price, its time) is
 * written once when the quote has changed, and copied into the row of everybody
 * who holds it. A symbol has one place, shared with the indexes that are
 * QUOTE_TEXTS_N apart: bounded, whatever is watched. A text is taken only for
 * the very values that it was made of, so it never needs to be told of a change.
 * Thread: L. */
#ifndef PF_APP_ENCODE_MEMORY_H
#define PF_APP_ENCODE_MEMORY_H

#include "base/frame.h"
#include "base/timestamp.h"
#include "domain/price_book.h"

#define QUOTE_TEXTS_N 4096u
#define QUOTE_TEXT_NAME_MAX 36  /* ,"<32>": */
#define QUOTE_TEXT_PRICE_MAX 40 /* ,"current_price":-92233720368.54775808 is 38 */
#define QUOTE_TEXT_HEAD_MAX (QUOTE_TEXT_NAME_MAX + QUOTE_TEXT_PRICE_MAX + 4)

struct quote_text { /* 128 bytes: two cache lines */
    int64_t price_e8, as_of_ms;
    symbol_index symbol;
    bool is_written;
    uint8_t name_len; /* of `,"AAPL":` */
    uint8_t head_len; /* of `,"AAPL":,"current_price":82.5` */
    char as_of[TIMESTAMP_TEXT_LEN];
    char head[QUOTE_TEXT_HEAD_MAX]; /* read to its end, whatever its length */
};

struct encode_memory {
    struct frame_pool *frames;
    struct quote_text *quotes; /* [QUOTE_TEXTS_N]; places never used cost no memory */
    int64_t as_of_ms;          /* of a pass: the same for all that it changed */
    char as_of[TIMESTAMP_TEXT_LEN + 1];
};

PF_MUST_CHECK enum status encode_memory_create(struct encode_memory **ret_memory);
void encode_memory_destroy(struct encode_memory **memory);

/* Writes the text of an entry, of unpriced ones too: the name is always right. Returns `text`. */
const struct quote_text *quote_text_write(struct quote_text *text, const struct price_book_entry *entry);

/* The same, from where it is kept. Valid until the next call. */
static inline const struct quote_text *encode_memory_quote(struct encode_memory *memory,
                                                           const struct price_book_entry *entry) {
    struct quote_text *text = &memory->quotes[entry->index % QUOTE_TEXTS_N];
    bool is_its_own = text->is_written && text->symbol == entry->index && text->price_e8 == entry->quote.price.e8 &&
                      text->as_of_ms == entry->quote.as_of_ms;
    return is_its_own ? text : quote_text_write(text, entry);
}

/* The text of an instant, TIMESTAMP_TEXT_LEN bytes. Valid until the next call. */
static inline const char *encode_memory_as_of(struct encode_memory *memory, int64_t as_of_ms) {
    if (memory->as_of_ms != as_of_ms) {
        timestamp_write(memory->as_of, as_of_ms);
        memory->as_of_ms = as_of_ms;
    }
    return memory->as_of;
}

#endif
