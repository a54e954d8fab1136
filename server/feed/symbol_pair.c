/* Pairs and classes of shares, told by the form of the symbol alone.
 * Thread: any; pure. */
#include "feed/symbol_pair.h"

#include <string.h>

#define US_SHARE_MAX 6

enum status symbol_pair_currency(const struct symbol *symbol, struct currency *ret_currency) {
    const char *mark = strpbrk(symbol->text, "-/");
    if (!mark || mark == symbol->text || strpbrk(mark + 1, "-/"))
        return STATUS_NOT_FOUND;
    size_t len = symbol->len - (size_t)(mark + 1 - symbol->text);
    return currency_parse(mark + 1, len, ret_currency);
}

static bool is_alphanumeric(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (!((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= '0' && text[i] <= '9')))
            return false;
    }
    return len > 0;
}

enum symbol_kind symbol_pair_kind(const struct symbol *symbol, struct symbol_pair *ret_pair) {
    struct symbol_pair pair = {0};
    struct currency base;
    size_t base_len = strcspn(symbol->text, "-/");
    if (symbol_pair_currency(symbol, &pair.quote) != STATUS_OK || !is_alphanumeric(symbol->text, base_len))
        return SYMBOL_SHARE;
    bool is_rate = symbol->text[base_len] == '/';
    if (is_rate && currency_parse(symbol->text, base_len, &base) != STATUS_OK)
        return SYMBOL_SHARE;
    memcpy(pair.base, symbol->text, base_len);
    *ret_pair = pair;
    return is_rate ? SYMBOL_RATE : SYMBOL_CRYPTO;
}

static bool is_letter(char c) {
    return c >= 'A' && c <= 'Z';
}

enum status symbol_us_share(const struct symbol *symbol, char mark, struct symbol *ret_symbol) {
    struct symbol share = *symbol;
    size_t len = strcspn(symbol->text, ".-");
    if (len == 0 || len > US_SHARE_MAX)
        return STATUS_NOT_FOUND;
    for (size_t i = 0; i < len; i++) {
        if (!is_letter(symbol->text[i]))
            return STATUS_NOT_FOUND;
    }
    if (len < symbol->len) {
        /* Other letters there are other exchanges: VOD.L is London's, in pence. */
        char class = symbol->text[len + 1];
        if (symbol->len != len + 2 || class < 'A' || class > 'C')
            return STATUS_NOT_FOUND;
        share.text[len] = mark;
    }
    *ret_symbol = share;
    return STATUS_OK;
}
