/* Owns the texts lately shown, and the loop's frame pool. Thread: L. */
#include "app/encode_memory.h"

#include "base/decimal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(struct quote_text) == 128, "two cache lines");

enum status encode_memory_create(struct encode_memory **ret_memory) {
    struct encode_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return STATUS_NO_MEMORY;
    memory->quotes = calloc(QUOTE_TEXTS_N, sizeof *memory->quotes);
    enum status status = memory->quotes ? frame_pool_create(&memory->frames) : STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        encode_memory_destroy(&memory);
        return status;
    }
    timestamp_write(memory->as_of, memory->as_of_ms);
    *ret_memory = memory;
    return STATUS_OK;
}

void encode_memory_destroy(struct encode_memory **memory) {
    if (!*memory)
        return;
    frame_pool_destroy(&(*memory)->frames);
    free((*memory)->quotes);
    free(*memory);
    *memory = NULL;
}

const struct quote_text *quote_text_write(struct quote_text *text, const struct price_book_entry *entry) {
    static const char name[] = ",\"current_price\":";
    char price[DECIMAL_TEXT_MAX], as_of[TIMESTAMP_TEXT_LEN + 1];
    size_t price_len = decimal_write(price, entry->quote.price.e8);
    char *at = text->head;
    *at++ = ',';
    *at++ = '"';
    memcpy(at, entry->symbol.text, entry->symbol.len);
    at += entry->symbol.len;
    *at++ = '"';
    *at++ = ':';
    text->name_len = (uint8_t)(at - text->head);
    memcpy(at, name, sizeof name - 1);
    at += sizeof name - 1;
    memcpy(at, price, price_len); /* at most 21: 36 + 17 + 21 = 74 */
    text->head_len = (uint8_t)(at + price_len - text->head);
    timestamp_write(as_of, entry->quote.as_of_ms);
    memcpy(text->as_of, as_of, TIMESTAMP_TEXT_LEN);
    text->price_e8 = entry->quote.price.e8;
    text->as_of_ms = entry->quote.as_of_ms;
    text->symbol = entry->index;
    text->is_written = true;
    return text;
}
