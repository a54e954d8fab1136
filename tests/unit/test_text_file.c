/* links: pf_base */
/* Files read whole: plain and gzip, as large as is allowed and larger, damaged. */
#include "base/text_file.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define LEN_MAX 200000

struct file {
    int fd;
    char path[64];
};

static struct file file_make(const char *bytes, size_t len) {
    struct file file = {.fd = memfd_create("text", 0)};
    assert_true(file.fd >= 0);
    assert_int_equal(write(file.fd, bytes, len), len);
    (void)snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

static struct file gzip_make(const char *bytes, size_t len, size_t cut_n) {
    static char packed[LEN_MAX * 2];
    struct file file = file_make("", 0);
    gzFile writer = gzopen(file.path, "wb");
    assert_non_null(writer);
    assert_int_equal(gzwrite(writer, bytes, (unsigned)len), len);
    assert_int_equal(gzclose(writer), Z_OK);
    ssize_t packed_len = pread(file.fd, packed, sizeof packed, 0);
    assert_true(packed_len > (ssize_t)cut_n);
    assert_int_equal(ftruncate(file.fd, packed_len - (ssize_t)cut_n), 0);
    return file;
}

static void expect(struct file file, size_t bytes_max, enum status expected, const char *bytes, size_t len) {
    char *text = NULL;
    size_t text_len = 0;
    enum status status = text_file_read(file.path, bytes_max, &text, &text_len);
    assert_string_equal(status_name(status), status_name(expected));
    if (status == STATUS_OK) {
        assert_int_equal(text_len, len);
        assert_memory_equal(text, bytes, len);
        text[len] = '\0'; /* there is room */
    } else {
        assert_null(text);
    }
    free(text);
    close(file.fd);
}

/* Letters that do not pack well. */
static const char *letters(void) {
    static char bytes[LEN_MAX];
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        random = random * 1664525U + 1013904223U;
        bytes[i] = (char)('a' + (random >> 24) % 26);
    }
    return bytes;
}

static void test_whole(void **state) {
    (void)state;
    const char *bytes = letters();
    const size_t lens[] = {0, 1, 65535, 65536, 65537, LEN_MAX};
    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        expect(file_make(bytes, lens[i]), LEN_MAX, STATUS_OK, bytes, lens[i]);
        expect(gzip_make(bytes, lens[i], 0), LEN_MAX, STATUS_OK, bytes, lens[i]);
    }
}

static void test_no_more_than_allowed(void **state) {
    (void)state;
    const char *bytes = letters();
    const size_t lens[] = {1, 100, 65536, 100000};
    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        expect(file_make(bytes, lens[i]), lens[i], STATUS_OK, bytes, lens[i]);
        expect(file_make(bytes, lens[i]), lens[i] - 1, STATUS_LIMIT, NULL, 0);
        expect(gzip_make(bytes, lens[i], 0), lens[i], STATUS_OK, bytes, lens[i]);
        expect(gzip_make(bytes, lens[i], 0), lens[i] - 1, STATUS_LIMIT, NULL, 0);
    }
}

static void test_unreadable(void **state) {
    (void)state;
    const char *bytes = letters();
    const size_t cuts[] = {1, 8, 1000, 60000};
    char *text = NULL;
    size_t len = 0;
    for (size_t i = 0; i < COUNT_OF(cuts); i++)
        expect(gzip_make(bytes, LEN_MAX, cuts[i]), LEN_MAX, STATUS_IO, NULL, 0);
    assert_int_equal(text_file_read("/nowhere/file.csv", 1, &text, &len), STATUS_NOT_FOUND);
    assert_int_equal(text_file_read("/proc/self", 1, &text, &len), STATUS_IO);
    assert_null(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole), cmocka_unit_test(test_no_more_than_allowed),
                                       cmocka_unit_test(test_unreadable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
