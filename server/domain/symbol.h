/* Ticker symbols as values. Thread: any; pure. */
#ifndef PF_DOMAIN_SYMBOL_H
#define PF_DOMAIN_SYMBOL_H

#include "domain/currency.h"

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

/* The symbol under which a rate is quoted: "USD/CHF", whose price is the francs for a dollar. Of the majors: pence have
 * the pound's rate. */
void symbol_of_pair(struct currency from, struct currency to, struct symbol *ret_symbol);

#endif
