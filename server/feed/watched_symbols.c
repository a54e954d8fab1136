/* Which symbols were asked for, and when. It owns its entries.
 * Thread: the owner's. */
#include "feed/watched_symbols.h"

#include <stdlib.h>

struct watched_entry {
    struct symbol symbol;
    int64_t asked_ms;
};

void watched_symbols_init(struct watched_symbols *watched) {
    map_init(&watched->by_symbol);
}

void watched_symbols_fini(struct watched_symbols *watched) {
    struct watched_entry *entry;
    for (size_t at = 0; (entry = map_next(&watched->by_symbol, &at));)
        free(entry);
    map_fini(&watched->by_symbol);
}

void watched_symbols_add(struct watched_symbols *watched, const struct symbol *symbols, size_t n, int64_t now_ms) {
    for (size_t i = 0; i < n; i++) {
        struct watched_entry *entry = map_get(&watched->by_symbol, symbols[i].text, symbols[i].len);
        if (!entry) {
            if (watched->by_symbol.count >= WATCHED_SYMBOLS_MAX)
                return;
            entry = calloc(1, sizeof *entry);
            if (!entry)
                return;
            entry->symbol = symbols[i];
            if (map_put(&watched->by_symbol, entry->symbol.text, entry->symbol.len, entry, NULL) != STATUS_OK) {
                free(entry);
                return;
            }
        }
        entry->asked_ms = now_ms;
    }
}

enum status watched_symbols_take(struct watched_symbols *watched, int64_t oldest_ms, struct symbol **ret_symbols,
                                 size_t *ret_n) {
    struct symbol *symbols = calloc(watched->by_symbol.count + 1, sizeof *symbols);
    if (!symbols)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    struct watched_entry *entry;
    for (size_t at = 0; (entry = map_next(&watched->by_symbol, &at));) {
        if (entry->asked_ms >= oldest_ms) {
            symbols[n++] = entry->symbol;
        } else {
            map_remove(&watched->by_symbol, entry->symbol.text, entry->symbol.len);
            free(entry);
        }
    }
    *ret_symbols = symbols;
    *ret_n = n;
    return STATUS_OK;
}
