/* One state a byte; data is taken in pieces. Thread: any; pure. */
#include "net/chunked.h"

#include "base/percent.h"
#include "net/head.h"

void chunked_init(struct chunked *chunked, size_t max_bytes) {
    *chunked = (struct chunked){.state = CHUNKED_SIZE, .max_bytes = max_bytes};
}

bool chunked_is_done(const struct chunked *chunked) {
    return chunked->state == CHUNKED_DONE;
}

static enum status go_to(struct chunked *chunked, enum chunked_state state, bool is_right) {
    chunked->state = state;
    return is_right ? STATUS_OK : STATUS_INVALID;
}

/* A byte of an extension or a trailer that may stand there and counts. */
static enum status pass_over(struct chunked *chunked, enum chunked_state state, char byte) {
    bool is_text = ((unsigned char)byte >= ' ' && byte != 0x7f) || byte == '\t';
    return go_to(chunked, state, is_text && ++chunked->extra_bytes <= CHUNKED_EXTRA_BYTES_MAX);
}

static enum status read_digit(struct chunked *chunked, char byte) {
    int value = percent_hex_value(byte);
    if (value < 0 || ++chunked->digits_n > CHUNKED_DIGITS_MAX)
        return STATUS_INVALID;
    size_t room = chunked->max_bytes - chunked->total_bytes;
    /* Told before it is multiplied: it cannot wrap, whatever max_bytes is. */
    if (chunked->chunk_bytes > room / 16 || (size_t)value > room - chunked->chunk_bytes * 16)
        return STATUS_LIMIT;
    chunked->chunk_bytes = chunked->chunk_bytes * 16 + (size_t)value;
    return STATUS_OK;
}

static enum status read_size(struct chunked *chunked, char byte) {
    if (chunked->digits_n > 0) {
        if (byte == '\r')
            return go_to(chunked, CHUNKED_SIZE_LF, true);
        if (byte == ';')
            return pass_over(chunked, CHUNKED_EXTENSION, byte);
        if (byte == ' ' || byte == '\t')
            return pass_over(chunked, CHUNKED_EXTENSION_BLANK, byte);
    }
    return read_digit(chunked, byte);
}

static enum status read_size_end(struct chunked *chunked, char byte) {
    chunked->total_bytes += chunked->chunk_bytes;
    chunked->digits_n = 0;
    return go_to(chunked, chunked->chunk_bytes > 0 ? CHUNKED_DATA : CHUNKED_TRAILER, byte == '\n');
}

static enum status read_trailer(struct chunked *chunked, char byte) {
    if (byte == '\r')
        return go_to(chunked, CHUNKED_END_LF, true);
    return head_is_token_char(byte) ? pass_over(chunked, CHUNKED_TRAILER_NAME, byte) : STATUS_INVALID;
}

static enum status read_trailer_name(struct chunked *chunked, char byte) {
    if (byte == ':')
        return pass_over(chunked, CHUNKED_TRAILER_VALUE, byte);
    return head_is_token_char(byte) ? pass_over(chunked, CHUNKED_TRAILER_NAME, byte) : STATUS_INVALID;
}

/* A byte that is not data. */
static enum status read_byte(struct chunked *chunked, char byte) {
    switch (chunked->state) {
    case CHUNKED_SIZE:
        return read_size(chunked, byte);
    case CHUNKED_EXTENSION_BLANK: /* only before an extension */
        if (byte == ';')
            return pass_over(chunked, CHUNKED_EXTENSION, byte);
        return byte == ' ' || byte == '\t' ? pass_over(chunked, CHUNKED_EXTENSION_BLANK, byte) : STATUS_INVALID;
    case CHUNKED_EXTENSION: /* a quoted value cannot hold a line break either: whatever it is, CR ends it */
        return byte == '\r' ? go_to(chunked, CHUNKED_SIZE_LF, true) : pass_over(chunked, CHUNKED_EXTENSION, byte);
    case CHUNKED_SIZE_LF:
        return read_size_end(chunked, byte);
    case CHUNKED_DATA_CR:
        return go_to(chunked, CHUNKED_DATA_LF, byte == '\r');
    case CHUNKED_DATA_LF:
        return go_to(chunked, CHUNKED_SIZE, byte == '\n');
    case CHUNKED_TRAILER:
        return read_trailer(chunked, byte);
    case CHUNKED_TRAILER_NAME:
        return read_trailer_name(chunked, byte);
    case CHUNKED_TRAILER_VALUE:
        return byte == '\r' ? go_to(chunked, CHUNKED_TRAILER_LF, true)
                            : pass_over(chunked, CHUNKED_TRAILER_VALUE, byte);
    case CHUNKED_TRAILER_LF:
        return go_to(chunked, CHUNKED_TRAILER, byte == '\n');
    case CHUNKED_END_LF:
        return go_to(chunked, CHUNKED_DONE, byte == '\n');
    case CHUNKED_DATA:
    case CHUNKED_DONE:
        break;
    }
    return STATUS_INVALID;
}

enum status chunked_read(struct chunked *chunked, const char *bytes, size_t len, struct chunked_piece *ret_piece) {
    struct chunked_piece piece = {0};
    while (piece.len < len && chunked->state != CHUNKED_DATA && chunked->state != CHUNKED_DONE) {
        enum status status = read_byte(chunked, bytes[piece.len++]);
        if (status != STATUS_OK)
            return status;
    }
    if (chunked->state == CHUNKED_DATA) {
        size_t there = len - piece.len;
        piece.data_len = there < chunked->chunk_bytes ? there : chunked->chunk_bytes;
        piece.len += piece.data_len;
        chunked->chunk_bytes -= piece.data_len;
        if (chunked->chunk_bytes == 0)
            chunked->state = CHUNKED_DATA_CR;
    }
    *ret_piece = piece;
    return STATUS_OK;
}
