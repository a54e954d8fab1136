/* The codes, and the table of minor units. Thread: any; pure. */
#include "domain/currency.h"

#include <string.h>

#define MINOR_FACTOR 100u

static const struct {
    char code[4], alias[4], major[4]; /* alias: what others call it */
} minors[] = {{"GBp", "GBX", "GBP"}, {"ZAc", "ZAC", "ZAR"}, {"ILA", "ILA", "ILS"}};
#define MINORS_N (sizeof minors / sizeof minors[0])

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

/* Of ASCII only: the locale must not decide what a code is. */
static char fold(char c) {
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

enum status currency_parse(const char *text, size_t len, struct currency *ret_currency) {
    struct currency currency = {{0}};
    if (len != sizeof currency.code - 1)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        currency.code[i] = fold(text[i]);
        if (currency.code[i] < 'A' || currency.code[i] > 'Z')
            return STATUS_INVALID;
    }
    for (size_t i = 0; i < MINORS_N; i++) {
        if (memcmp(text, minors[i].code, len) == 0 || memcmp(currency.code, minors[i].alias, len) == 0)
            memcpy(currency.code, minors[i].code, len);
    }
    *ret_currency = currency;
    return STATUS_OK;
}

bool currency_equal(struct currency a, struct currency b) {
    return memcmp(a.code, b.code, sizeof a.code) == 0;
}

struct currency currency_major(struct currency currency) {
    for (size_t i = 0; i < MINORS_N; i++) {
        if (memcmp(currency.code, minors[i].code, sizeof currency.code) == 0)
            memcpy(currency.code, minors[i].major, sizeof currency.code);
    }
    return currency;
}

unsigned currency_factor(struct currency currency) {
    return currency_equal(currency, currency_major(currency)) ? 1 : MINOR_FACTOR;
}
