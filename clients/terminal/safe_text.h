/* Text of strangers, made fit for a terminal: what is not visible, what could
 * command the terminal, and what turns the order of letters round is shown as
 * an escape. Thread: any; pure. */
#ifndef PF_TERMINAL_SAFE_TEXT_H
#define PF_TERMINAL_SAFE_TEXT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point of one well-formed character of UTF-8, len as utf8_character_len says. */
uint32_t safe_text_character(const char *bytes, size_t len);
/* No control character (C0, DEL, C1), nothing that turns the order of letters
 * round, ends a line, takes no place or belongs to nobody. */
bool safe_text_is_harmless(uint32_t character);

/* Appends the text. A harmful character becomes \u{1b}, a byte that is no UTF-8
 * '?'; without is_utf8 (the terminal's locale) so does all that is not ASCII. At
 * most columns_max columns; what is longer ends with '~'. Returns its columns. */
size_t safe_text_append(struct strbuf *out, const char *bytes, size_t len, size_t columns_max, bool is_utf8);
/* How many columns a text takes that safe_text_append wrote. */
size_t safe_text_width(const char *text, size_t len);

#endif
