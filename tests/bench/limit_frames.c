/* Makes the limit's frames. Thread: one. */
#include "limit_frames.h"

#include <stdlib.h>
#include <string.h>

#define STAMP_DIGITS 16
#define FRAMES_MAX 64
#define VARIATION_BYTES 32
#define ROW_MARK "\"current_price\":"

static void write_header(char *out, size_t payload_bytes) {
    out[0] = (char)0x81;
    if (payload_bytes < 126) {
        out[1] = (char)payload_bytes;
        return;
    }
    out[1] = 126;
    out[2] = (char)(payload_bytes >> 8);
    out[3] = (char)(payload_bytes & 0xff);
}

static size_t write_number(char *out, unsigned number) {
    size_t len = number < 10 ? 1 : 2;
    out[len - 1] = (char)('0' + number % 10);
    if (len == 2)
        out[0] = (char)('0' + number / 10);
    return len;
}

/* Text like our server's, with as many marks of rows as fit. */
static void write_payload(const struct limit_frames_config *config, unsigned number, char *out) {
    static const char filler[] = "\"AAPL\":{\"current_value\":12345.67891234,\"gain_loss\":-1234.5},";
    size_t at = STAMP_DIGITS, room = config->payload_bytes;
    memset(out, '0', STAMP_DIGITS);
    out[at++] = ':';
    at += write_number(out + at, number);
    out[at++] = ' ';
    for (unsigned i = 0; i < config->rows_n && room - at >= sizeof ROW_MARK; i++) {
        memcpy(out + at, ROW_MARK, sizeof ROW_MARK - 1);
        at += sizeof ROW_MARK - 1;
    }
    for (size_t i = 0; at < room; i++)
        out[at++] = filler[i % (sizeof filler - 1)];
}

bool limit_frames_init(struct limit_frames *frames, const struct limit_frames_config *config) {
    if (config->payload_bytes < LIMIT_PAYLOAD_MIN || config->payload_bytes > 0xffff || config->frames_n == 0 ||
        config->frames_n > FRAMES_MAX || config->buffers_n == 0)
        return false;
    frames->config = *config;
    frames->header_bytes = config->payload_bytes < 126 ? 2 : 4;
    frames->frame_bytes = frames->header_bytes + config->payload_bytes;
    frames->buffer_bytes = frames->frame_bytes * config->frames_n;
    frames->bytes = malloc(frames->buffer_bytes * config->buffers_n);
    frames->stamps = calloc(config->buffers_n, sizeof *frames->stamps);
    if (!frames->bytes || !frames->stamps) {
        limit_frames_fini(frames);
        return false;
    }
    for (size_t i = 0; i < (size_t)config->buffers_n * config->frames_n; i++) {
        char *frame = frames->bytes + i * frames->frame_bytes;
        write_header(frame, config->payload_bytes);
        write_payload(config, (unsigned)(i % config->frames_n), frame + frames->header_bytes);
    }
    return true;
}

void limit_frames_fini(struct limit_frames *frames) {
    free(frames->bytes);
    free(frames->stamps);
    frames->bytes = NULL;
    frames->stamps = NULL;
}

/* The same for all watchers of a buffer in a round: a few bytes about the size asked for, at random, so that now and
 * then two in a row are equal. */
static size_t varied_bytes(const struct limit_frames *frames, unsigned buffer, uint64_t stamp) {
    bool can_vary = frames->config.frames_n == 1 && frames->config.payload_bytes > 126 + VARIATION_BYTES;
    uint64_t mixed = (stamp + buffer * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xBF58476D1CE4E5B9);
    return can_vary ? (mixed ^ (mixed >> 31)) * UINT64_C(0x94D049BB133111EB) >> 32 & (VARIATION_BYTES - 1) : 0;
}

const char *limit_frames_stamped(struct limit_frames *frames, unsigned buffer, uint64_t stamp, size_t *ret_bytes) {
    char *bytes = frames->bytes + buffer * frames->buffer_bytes, digits[STAMP_DIGITS];
    size_t less = varied_bytes(frames, buffer, stamp);
    *ret_bytes = frames->buffer_bytes - less;
    if (frames->stamps[buffer] == stamp)
        return bytes;
    frames->stamps[buffer] = stamp;
    for (size_t i = STAMP_DIGITS; i-- > 0; stamp /= 10)
        digits[i] = (char)('0' + stamp % 10);
    for (unsigned i = 0; i < frames->config.frames_n; i++)
        memcpy(bytes + i * frames->frame_bytes + frames->header_bytes, digits, STAMP_DIGITS);
    if (less > 0 || frames->config.frames_n == 1)
        write_header(bytes, frames->config.payload_bytes - less);
    return bytes;
}
