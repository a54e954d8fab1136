/* Accept-Encoding, and what it leads to. links: pf_app pf_base PkgConfig::ZLIB */
#include "app/gzip.h"
#include "unit/test.h"

#include <stdlib.h>
#include <zlib.h>

static void test_who_accepts_it(void **state) {
    static const struct {
        const char *header;
        bool is_accepted;
    } rows[] = {
        {"gzip", true},
        {"GZip", true},
        {"x-gzip", true},
        {"gzip, deflate, br", true},
        {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
        {"deflate , gzip ; q=0.001", true},
        {"*", true},
        {"*;q=0.5", true},
        {"identity, *", true},
        {"identity;q=0.5, gzip;q=0.5", true},
        {",, gzip,", true},
        {"", false},
        {"identity", false},
        {"deflate, br", false},
        {"gzip;q=0", false},
        {"gzip;q=0.000", false},
        {"*, gzip;q=0", false},
        {"*;q=0", false},
        {"identity;q=1, gzip;q=0.5", false},
        {"gzipped", false},
        {"not gzip", false},
        {"gzip;q=", false},
        {"gzip;q=1.5", false},
        {"gzip;q=0.0001", false},
        {"gzip;q=x", false},
        {"gzip;level=1", false},
        {"gzip;q=1;q=1", false},
    };
    (void)state;
    assert_false(gzip_is_accepted(NULL));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(gzip_is_accepted(rows[i].header) == rows[i].is_accepted, rows[i].header);
}

static void assert_unpacks(const struct strbuf *packed, const char *bytes, size_t len) {
    char *again = malloc(len + 1);
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    assert_non_null(again);
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = (Bytef *)packed->data;
    stream.avail_in = (uInt)packed->len;
    stream.next_out = (Bytef *)again;
    stream.avail_out = (uInt)len + 1;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, len);
    assert_memory_equal(again, bytes, len);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    free(again);
}

static void test_it_unpacks_to_what_it_was(void **state) {
    static const size_t lens[] = {1, 1000, 65536, 1000000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        char *bytes = malloc(lens[i]);
        struct strbuf packed;
        assert_non_null(bytes);
        for (size_t j = 0; j < lens[i]; j++)
            bytes[j] = (char)(j * 7919 % 251 * (j % 3));
        strbuf_init(&packed);
        strbuf_append_text(&packed, "");
        assert_int_equal(gzip_append(&packed, bytes, lens[i]), STATUS_OK);
        assert_unpacks(&packed, bytes, lens[i]);
        strbuf_fini(&packed);
        free(bytes);
    }
}

static void test_what_it_holds(void **state) {
    (void)state;
    char text[50000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 31 % 97);
    struct strbuf packed;
    strbuf_init(&packed);
    assert_int_equal(gzip_append(&packed, text, sizeof text), STATUS_OK);
    assert_true(gzip_holds(packed.data, packed.len, text, sizeof text));
    assert_false(gzip_holds(packed.data, packed.len - 1, text, sizeof text));
    assert_false(gzip_holds(packed.data, packed.len, text, sizeof text - 1));
    assert_false(gzip_holds(packed.data, packed.len, text, 0));
    assert_false(gzip_holds(packed.data, 0, text, sizeof text));
    assert_false(gzip_holds(NULL, 0, NULL, 0));
    assert_false(gzip_holds("no gzip", 7, "no gzip", 7));
    text[40000] ^= 1;
    assert_false(gzip_holds(packed.data, packed.len, text, sizeof text));
    text[40000] ^= 1;
    strbuf_append_char(&packed, '\0'); /* something behind it */
    assert_false(gzip_holds(packed.data, packed.len, text, sizeof text));
    strbuf_clear(&packed);
    assert_int_equal(gzip_append(&packed, "", 0), STATUS_OK);
    assert_true(gzip_holds(packed.data, packed.len, NULL, 0));
    strbuf_fini(&packed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_accepts_it),
        cmocka_unit_test(test_it_unpacks_to_what_it_was),
        cmocka_unit_test(test_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
