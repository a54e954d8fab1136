/* Currency codes as values: ISO 4217 (or a crypto currency's) three upper-case
 * letters, and the minor units that some exchanges quote in: GBp (pence), ZAc
 * (cents of the rand), ILA (agorot), 100 of which make one of their major.
 * Assets and quotes may be in a minor unit, portfolios and rates not.
 * Thread: any; pure. */
#ifndef PF_DOMAIN_CURRENCY_H
#define PF_DOMAIN_CURRENCY_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct currency {
    char code[4]; /* NUL-terminated; "" = not known */
};

/* Exactly three letters: GBp and ZAc as they are, all else folded to upper case.
 * What others write as GBX and ZAC reads as GBp and ZAc. */
PF_MUST_CHECK enum status currency_parse(const char *text, size_t len, struct currency *ret_currency);
/* One of ISO 4217's active codes; not the minor units, nor what crypto assets are quoted in (any three letters). */
bool currency_is_iso(struct currency currency);
bool currency_equal(struct currency a, struct currency b);

/* What it is a minor unit of; itself when it is none. */
struct currency currency_major(struct currency currency);
/* How many of it make one of its major: 100 for a minor unit, else 1. */
unsigned currency_factor(struct currency currency);

#endif
