/* Text in URLs: %XX stands for a byte. Thread: any; pure. */
#ifndef PF_BASE_PERCENT_H
#define PF_BASE_PERCENT_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* 0 to 15, of either case; -1: no hexadecimal digit. */
int percent_hex_value(char c);

/* Decodes text[0..len), and '+' as a space when is_form; a NUL behind it.
 * INVALID: a bad escape, a NUL, or longer than out_size - 1. */
PF_MUST_CHECK enum status percent_decode(const char *text, size_t len, bool is_form, char *out, size_t out_size);

#endif
