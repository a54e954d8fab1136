/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above
 * U+10FFFF. Thread: any; pure. */
#ifndef PF_BASE_UTF8_H
#define PF_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#define JSON_ESCAPE_MAX 6

/* The length (1 to 4) of the character that begins at bytes[0]; 0 when there is
 * none. len > 0. */
size_t utf8_character_len(const char *bytes, size_t len);

/* Writes the character at bytes[0] as it stands inside a JSON string: escaped
 * where it must be, U+FFFD for a byte that begins none. Returns the length
 * written, at most JSON_ESCAPE_MAX; *ret_taken is how many bytes it stood for.
 * len > 0. */
size_t utf8_escape_json(char *out, const char *bytes, size_t len, size_t *ret_taken);

bool utf8_is_valid(const char *bytes, size_t len);

#endif
