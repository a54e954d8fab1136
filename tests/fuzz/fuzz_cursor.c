/* A text that reads as a cursor is the cursor's one text. */
#include "fuzz.h"
#include "protocol/cursor.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct cursor cursor, again;
    char text[CURSOR_TEXT_MAX];
    if (cursor_parse((const char *)data, size, &cursor) != STATUS_OK)
        return 0;
    size_t len = cursor_write(text, &cursor);
    FUZZ_CHECK(len == size && memcmp(text, data, size) == 0);
    FUZZ_CHECK(cursor_parse(text, len, &again) == STATUS_OK && cursor_equal(&cursor, &again));
    return 0;
}
