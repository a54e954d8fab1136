/* Exact decimal texts of the JSON grammar: compared and shown without a binary
 * fraction ever being made of them. Rounding is only for showing. Texts that are no
 * plain decimal (an exponent, hundreds of digits) are shown cut off, as they are.
 * Thread: any; pure. */
#ifndef PF_TERMINAL_NUMBER_H
#define PF_TERMINAL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define NUMBER_SHOWN_MAX 80 /* with the NUL */
#define NUMBER_EXACT (-1)

/* -1, 0, 1; NULL and what is no plain decimal are below everything else. */
int number_compare(const char *a, const char *b);
/* -1, 0, 1; 0 for what is no plain decimal. */
int number_sign(const char *text);
/* With at least decimals_min decimals, and rounded (half away from zero) to
 * decimals_max, unless that is NUMBER_EXACT; the thousands apart by ','. Returns
 * the length. */
size_t number_show(char out[NUMBER_SHOWN_MAX], const char *text, int decimals_min, int decimals_max);

#endif
