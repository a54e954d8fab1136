/* Ticker symbols and currency codes as values. Thread: any; pure. */
#ifndef PF_DOMAIN_SYMBOL_H
#define PF_DOMAIN_SYMBOL_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYMBOL_MAX 32

struct symbol {
    uint8_t len;
    char text[SYMBOL_MAX + 1]; /* NUL-terminated, upper case */
};

/* [A-Z0-9.\-_:=^/]{1,32}; lower case is folded to upper. STATUS_INVALID otherwise. */
PF_MUST_CHECK enum status symbol_parse(const char *text, size_t len, struct symbol *ret_symbol);
bool symbol_equal(const struct symbol *a, const struct symbol *b);

/* ISO 4217 (or a crypto currency's) code: three upper-case letters. */
struct currency {
    char code[4]; /* NUL-terminated; "" = not known */
};
/* Exactly three letters, folded to upper case. */
PF_MUST_CHECK enum status currency_parse(const char *text, size_t len, struct currency *ret_currency);
bool currency_equal(struct currency a, struct currency b);

#endif
