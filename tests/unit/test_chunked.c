/* Chunked bodies: what is one, what is none, the limits, and that how the bytes are cut makes no difference.
 * links: pf_net pf_base */
#include "net/chunked.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#define BODY_BYTES_MAX 100

struct outcome {
    enum status status;
    bool is_done;
    size_t read_len; /* of the bytes */
    char body[BODY_BYTES_MAX + 1];
    size_t body_len;
};

/* In pieces of piece_len bytes, the first of first_len, each in memory of its own: a read past it is seen. */
static struct outcome outcome_of(const char *bytes, size_t len, size_t first_len, size_t piece_len) {
    struct outcome outcome = {.status = STATUS_OK};
    struct chunked chunked;
    chunked_init(&chunked, BODY_BYTES_MAX);
    for (size_t at = 0; at < len && outcome.status == STATUS_OK && !chunked_is_done(&chunked);) {
        size_t cut = at == 0 ? first_len : piece_len;
        if (cut > len - at)
            cut = len - at;
        char *copy = malloc(cut ? cut : 1);
        assert_non_null(copy);
        memcpy(copy, bytes + at, cut);
        for (size_t done = 0; done < cut && outcome.status == STATUS_OK && !chunked_is_done(&chunked);) {
            struct chunked_piece piece;
            outcome.status = chunked_read(&chunked, copy + done, cut - done, &piece);
            if (outcome.status != STATUS_OK)
                break;
            assert_true(piece.len > 0 && piece.len <= cut - done && piece.data_len <= piece.len);
            assert_true(outcome.body_len + piece.data_len <= BODY_BYTES_MAX);
            memcpy(outcome.body + outcome.body_len, copy + done + piece.len - piece.data_len, piece.data_len);
            outcome.body_len += piece.data_len;
            outcome.read_len += piece.len;
            done += piece.len;
        }
        free(copy);
        at += cut;
    }
    outcome.is_done = outcome.status == STATUS_OK && chunked_is_done(&chunked);
    return outcome;
}

static bool outcomes_equal(const struct outcome *a, const struct outcome *b) {
    return a->status == b->status && a->is_done == b->is_done && a->body_len == b->body_len &&
           memcmp(a->body, b->body, a->body_len) == 0 && (a->status != STATUS_OK || a->read_len == b->read_len);
}

/* Cut once at every place, and into pieces of every length. */
static struct outcome outcome_however_cut(const char *bytes, size_t len) {
    struct outcome whole = outcome_of(bytes, len, len, len);
    for (size_t cut = 1; cut <= len; cut++) {
        struct outcome twice = outcome_of(bytes, len, cut, len);
        struct outcome evenly = outcome_of(bytes, len, cut, cut);
        assert_row(outcomes_equal(&whole, &twice), bytes);
        assert_row(outcomes_equal(&whole, &evenly), bytes);
    }
    return whole;
}

static const struct {
    const char *bytes, *body, *rest;
} taken[] = {
    {"0\r\n\r\n", "", ""},
    {"5\r\nhello\r\n0\r\n\r\n", "hello", ""},
    {"5\r\nhello\r\n1\r\n \r\n005\r\nworld\r\n000\r\n\r\n", "hello world", ""},
    {"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", ""},
    {"13\r\n0\r\n\r\n5\r\nhello\r\n0\r\n.\r\n0\r\n\r\n", "0\r\n\r\n5\r\nhello\r\n0\r\n.", ""},
    {"0000000000000002\r\nok\r\n0\r\n\r\n", "ok", ""},
    {"2;a\r\nok\r\n0;last\r\n\r\n", "ok", ""},
    {"2 ;\ta = \"b;\\\" c\" ; d=e\r\nok\r\n0\r\n\r\n", "ok", ""},
    {"2\r\nok\r\n0\r\nA: b\r\nContent-Length:\t9\r\nc:\r\n\r\n", "ok", ""},
    {"2\r\nok\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "ok", "GET / HTTP/1.1\r\n"},
    {"0\r\n\r\n\r\n", "", "\r\n"},
};

static void test_what_is_a_chunked_body(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        size_t len = strlen(taken[i].bytes);
        struct outcome outcome = outcome_however_cut(taken[i].bytes, len);
        assert_row(outcome.is_done, taken[i].bytes);
        assert_row(outcome.body_len == strlen(taken[i].body), taken[i].bytes);
        assert_row(memcmp(outcome.body, taken[i].body, outcome.body_len) == 0, taken[i].bytes);
        assert_row(strcmp(taken[i].bytes + outcome.read_len, taken[i].rest) == 0, taken[i].bytes);
        /* Before its last byte it is not done, nor wrong. */
        for (size_t short_len = 0; short_len < outcome.read_len; short_len++) {
            struct outcome begun = outcome_of(taken[i].bytes, short_len, short_len, short_len);
            assert_row(begun.status == STATUS_OK && !begun.is_done, taken[i].bytes);
        }
    }
}

static const char *const invalid[] = {
    "\r\n",
    "\n",
    ";a\r\n",
    " 5\r\nhello",
    "x\r\n",
    "-1\r\n",
    "+1\r\n",
    "0x1\r\n",
    "1_0\r\n",
    "5 \r\nhello\r\n", /* a blank without an extension */
    "5\t5\r\nhello\r\n",
    "5\nhello\n0\n\n", /* bare LF */
    "5\rhello",        /* bare CR */
    "5;a\nhello\r\n",  /* bare LF after an extension: another reader's end of the line */
    "5;a\rb\r\nhello\r\n",
    "5;\x01\r\nhello\r\n",
    "5;\x7f\r\nhello\r\n",
    "5\r\nhello0\r\n\r\n", /* longer than it says */
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhello\rx",
    "5\r\nhell\r\n0\r\n\r\n", /* shorter */
    "2\r\nok\r\n\r\n",
    "0\r\n\n",
    "0\r\n\rx",
    "0\r\n a: b\r\n\r\n", /* folded */
    "0\r\na : b\r\n\r\n",
    "0\r\nno colon\r\n\r\n",
    "0\r\nno-colon\r\n\r\n",
    "0\r\n: b\r\n\r\n",
    "0\r\na: b\n\r\n",
    "0\r\na: \x01\r\n\r\n",
    "0\r\na: b\rc\r\n\r\n",
    "00000000000000002\r\nok\r\n", /* 17 digits */
    "00000000000000000\r\n\r\n",
};

static void test_what_is_none(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(invalid); i++)
        assert_row(outcome_however_cut(invalid[i], strlen(invalid[i])).status == STATUS_INVALID, invalid[i]);
    static const char with_nul[] = "5;a\0b\r\nhello\r\n0\r\n\r\n";
    assert_int_equal(outcome_however_cut(with_nul, sizeof with_nul - 1).status, STATUS_INVALID);
}

static const struct {
    const char *bytes;
    enum status status;
} limits[] = {
    {"64\r\n", STATUS_OK}, /* 100 */
    {"65\r\n", STATUS_LIMIT},
    {"32\r\n01234567890123456789012345678901234567890123456789\r\n32\r\n", STATUS_OK},
    {"32\r\n01234567890123456789012345678901234567890123456789\r\n33\r\n", STATUS_LIMIT},
    {"FFFFFFFFFFFFFFFF\r\n", STATUS_LIMIT},
    {"10000000000000005\r\n", STATUS_LIMIT}, /* 5 to one who wraps at 64 bits */
    {"100000005\r\n", STATUS_LIMIT},         /* at 32 */
};

static void test_the_size_is_limited_before_it_comes(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        assert_row(outcome_however_cut(limits[i].bytes, strlen(limits[i].bytes)).status == limits[i].status,
                   limits[i].bytes);
}

/* Extensions and trailers of a whole body count together: many small ones are one large one. */
static void test_what_is_passed_over_is_limited(void **state) {
    (void)state;
    static char bytes[8 * CHUNKED_EXTRA_BYTES_MAX];
    static const struct {
        const char *before, *after;
        int own_n; /* of their bytes count */
    } forms[] = {{"1;", "\r\nx\r\n", 1}, {"0\r\na:", "\r\n\r\n", 2}, {"1", ";\r\nx\r\n", 1}};
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        for (int over = 0; over <= 1; over++) {
            int width = CHUNKED_EXTRA_BYTES_MAX - forms[i].own_n + over;
            int len = snprintf(bytes, sizeof bytes, "%s%*s%s", forms[i].before, width, "", forms[i].after);
            assert_true(len > 0 && (size_t)len < sizeof bytes);
            struct outcome outcome = outcome_of(bytes, (size_t)len, (size_t)len, (size_t)len);
            assert_row(outcome.status == (over ? STATUS_INVALID : STATUS_OK), forms[i].before);
        }
    }
    size_t len = 0;
    for (int i = 0; i < 99; i++)
        len += (size_t)snprintf(bytes + len, sizeof bytes - len, "1;%50s\r\nx\r\n", "");
    assert_true(len < sizeof bytes);
    assert_int_equal(outcome_of(bytes, len, len, len).status, STATUS_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_a_chunked_body),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_the_size_is_limited_before_it_comes),
        cmocka_unit_test(test_what_is_passed_over_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
