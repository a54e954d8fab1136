/* Symbols: parse and compare. Thread: any; pure. */
#include "domain/symbol.h"

#include <string.h>

static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

/* Of ASCII only: the locale must not decide what a symbol is. */
static char fold(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_symbol_character(char c) {
    if (is_upper(c) || (c >= '0' && c <= '9'))
        return true;
    return c == '.' || c == '-' || c == '_' || c == ':' || c == '=' || c == '^' || c == '/';
}

enum status symbol_parse(const char *text, size_t len, struct symbol *ret_symbol) {
    struct symbol symbol = {0};
    if (len < 1 || len > SYMBOL_MAX)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        symbol.text[i] = fold(text[i]);
        if (!is_symbol_character(symbol.text[i]))
            return STATUS_INVALID;
    }
    symbol.len = (uint8_t)len;
    *ret_symbol = symbol;
    return STATUS_OK;
}

bool symbol_equal(const struct symbol *a, const struct symbol *b) {
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

void symbol_of_pair(struct currency from, struct currency to, struct symbol *ret_symbol) {
    struct currency from_major = currency_major(from), to_major = currency_major(to);
    memset(ret_symbol, 0, sizeof *ret_symbol);
    memcpy(ret_symbol->text, from_major.code, 3);
    ret_symbol->text[3] = '/';
    memcpy(ret_symbol->text + 4, to_major.code, 3);
    ret_symbol->len = 7;
}
