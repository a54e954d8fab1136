/* What reads as a time or a date is written and read again as the same. */
#include "base/timestamp.h"
#include "fuzz.h"

#include <string.h>

static void check_timestamp(const char *text, size_t len) {
    int64_t ms, again;
    char out[TIMESTAMP_TEXT_LEN + 1];
    if (timestamp_parse(text, len, &ms) != STATUS_OK)
        return;
    timestamp_write(out, ms);
    FUZZ_CHECK(strlen(out) == TIMESTAMP_TEXT_LEN);
    FUZZ_CHECK(timestamp_parse(out, TIMESTAMP_TEXT_LEN, &again) == STATUS_OK && again == ms);
    int64_t into_day = ms - timestamp_date(ms) * MS_PER_DAY;
    FUZZ_CHECK(into_day >= 0 && into_day < MS_PER_DAY);
}

static void check_date(const char *text, size_t len) {
    int32_t days;
    char out[DATE_TEXT_LEN + 1];
    if (date_parse(text, len, &days) != STATUS_OK)
        return;
    date_write(out, days);
    FUZZ_CHECK(len == DATE_TEXT_LEN && memcmp(out, text, len) == 0);
}

/* Any instant at all may be written: what has no year of ours is clamped. */
static void check_any_instant(const uint8_t *data, size_t size) {
    int64_t ms = 0, again;
    char out[TIMESTAMP_TEXT_LEN + 1];
    memcpy(&ms, data, size < sizeof ms ? size : sizeof ms);
    timestamp_write(out, ms);
    FUZZ_CHECK(timestamp_parse(out, TIMESTAMP_TEXT_LEN, &again) == STATUS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_timestamp((const char *)data, size);
    check_date((const char *)data, size);
    check_any_instant(data, size);
    return 0;
}
