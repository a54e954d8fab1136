/* However the bytes of a chunked body are cut, they are the same body, or the
 * same refusal; it has no more than its limit, what is read lies within what was
 * given, and read again from its own decoding it comes out the same. The first
 * three bytes say the limit and two lengths of pieces. */
#include "fuzz.h"
#include "net/chunked.h"

#include <string.h>

#define LIMIT_MAX ((size_t)255 * 16)

struct outcome {
    enum status status;
    bool is_done;
    size_t read_len, body_len;
    char body[LIMIT_MAX];
};

static void outcome_read(struct outcome *outcome, const char *bytes, size_t len, size_t limit, const size_t cuts[2]) {
    struct chunked chunked;
    chunked_init(&chunked, limit);
    *outcome = (struct outcome){.status = STATUS_OK};
    for (size_t at = 0, n = 0; at < len && !chunked_is_done(&chunked); n++) {
        size_t cut = cuts[n % 2] < len - at ? cuts[n % 2] : len - at;
        struct chunked_piece piece;
        outcome->status = chunked_read(&chunked, bytes + at, cut, &piece);
        if (outcome->status != STATUS_OK)
            return;
        FUZZ_CHECK(piece.len > 0 && piece.len <= cut && piece.data_len <= piece.len);
        FUZZ_CHECK(outcome->body_len + piece.data_len <= limit);
        memcpy(outcome->body + outcome->body_len, bytes + at + piece.len - piece.data_len, piece.data_len);
        outcome->body_len += piece.data_len;
        at += piece.len;
        outcome->read_len = at;
    }
    outcome->is_done = chunked_is_done(&chunked);
    FUZZ_CHECK(chunked.total_bytes <= limit && outcome->body_len <= chunked.total_bytes);
    FUZZ_CHECK(!outcome->is_done || outcome->body_len == chunked.total_bytes);
}

/* As one chunk. */
static void check_again(const struct outcome *outcome, size_t limit) {
    static char bytes[LIMIT_MAX + 64];
    static struct outcome again;
    int size_len = outcome->body_len ? snprintf(bytes, sizeof bytes, "%zx\r\n", outcome->body_len) : 0;
    FUZZ_CHECK(size_len >= 0);
    size_t len = (size_t)size_len;
    memcpy(bytes + len, outcome->body, outcome->body_len);
    len += outcome->body_len;
    const char *end = outcome->body_len ? "\r\n0\r\n\r\n" : "0\r\n\r\n";
    memcpy(bytes + len, end, strlen(end));
    len += strlen(end);
    outcome_read(&again, bytes, len, limit, (const size_t[2]){len, len});
    FUZZ_CHECK(again.is_done && again.read_len == len && again.body_len == outcome->body_len);
    FUZZ_CHECK(memcmp(again.body, outcome->body, again.body_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct outcome whole, cut;
    if (size < 4)
        return 0;
    size_t limit = (size_t)data[0] * 16;
    const size_t cuts[2] = {(size_t)data[1] + 1, (size_t)data[2] + 1};
    const char *bytes = (const char *)data + 3;
    size_t len = size - 3;
    outcome_read(&whole, bytes, len, limit, (const size_t[2]){len, len});
    outcome_read(&cut, bytes, len, limit, cuts);
    FUZZ_CHECK(whole.status == cut.status && whole.is_done == cut.is_done && whole.body_len <= limit);
    if (whole.status != STATUS_OK)
        return 0;
    FUZZ_CHECK(whole.read_len == cut.read_len && whole.body_len == cut.body_len);
    FUZZ_CHECK(memcmp(whole.body, cut.body, whole.body_len) == 0);
    if (whole.is_done)
        check_again(&whole, limit);
    return 0;
}
