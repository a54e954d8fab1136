/* Symbols and currency codes: parse and compare. Thread: any; pure. */
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

enum status currency_parse(const char *text, size_t len, struct currency *ret_currency) {
    struct currency currency = {{0}};
    if (len != sizeof currency.code - 1)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        currency.code[i] = fold(text[i]);
        if (!is_upper(currency.code[i]))
            return STATUS_INVALID;
    }
    *ret_currency = currency;
    return STATUS_OK;
}

bool currency_equal(struct currency a, struct currency b) {
    return memcmp(a.code, b.code, sizeof a.code) == 0;
}
