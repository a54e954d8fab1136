/* Numbers as market-data providers write them, to whole 1e-8 without a binary
 * fraction in between. Thread: any; pure; fuzzed with the parsers. */
#ifndef PF_FEED_PROVIDER_NUMBER_H
#define PF_FEED_PROVIDER_NUMBER_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum provider_digits {
    PROVIDER_DIGITS_ALL, /* rounded to 1e-8, half away from zero */
    /* The printed form of a 32-bit float (217.5500030517578 is 217.55): a text with
     * more than eight decimals is rounded to the seven digits that such a float
     * holds. Shorter texts are taken as they are. */
    PROVIDER_DIGITS_FLOAT
};

/* A number of the JSON grammar, exponent included. INVALID: not of that form;
 * OUT_OF_RANGE: above 90,000,000,000. */
PF_MUST_CHECK enum status provider_number_parse(const char *text, size_t len, enum provider_digits digits,
                                                int64_t *ret_e8);
/* The same, cut to a whole number (counts, unix times). */
PF_MUST_CHECK enum status provider_whole_parse(const char *text, size_t len, int64_t *ret_whole);

#endif
