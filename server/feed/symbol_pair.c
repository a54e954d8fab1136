/* Pairs: BASE-QUOTE and BASE/QUOTE. Thread: any; pure. */
#include "feed/provider.h"

#include <string.h>

enum status symbol_pair_currency(const struct symbol *symbol, struct currency *ret_currency) {
    const char *mark = strpbrk(symbol->text, "-/");
    if (!mark || mark == symbol->text || strpbrk(mark + 1, "-/"))
        return STATUS_NOT_FOUND;
    size_t len = symbol->len - (size_t)(mark + 1 - symbol->text);
    return currency_parse(mark + 1, len, ret_currency);
}
