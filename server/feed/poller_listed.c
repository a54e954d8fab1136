/* Whether the catalog has a symbol. A provider that makes prices up would price
 * any typo; so it knows what is held, what has a price and what the catalog
 * lists. A question for anything else waits until the archive has looked.
 * Thread: the poller's. */
#include "feed/poller_internal.h"

#include <stdlib.h>

#define SEEK_MAX 1000

bool poller_listed_is_real(const struct poller *poller, const struct polled_symbol *polled) {
    return !poller->archive->find_listed || polled->is_held || polled->is_stored || polled->is_listed;
}

bool poller_listed_is_needed(const struct poller *poller, const struct polled_symbol *polled) {
    for (size_t i = 0; i < poller->providers_n; i++) {
        if (poller->providers[i].provider->ops->kind == PROVIDER_COMPUTES)
            return !poller_listed_is_real(poller, polled);
    }
    return false;
}

static void listed_take(struct poller *poller, int64_t now_ms) {
    const struct poller_questions *questions = &poller->questions;
    struct symbol *symbols = NULL;
    enum status status;
    size_t n = 0;
    if (!archivist_take_listed(poller->archivist, &status, &symbols, &n))
        return;
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        struct polled_symbol *polled = poll_table_find(&poller->table, &symbols[i]);
        if (polled)
            polled->is_listed = true;
    }
    free(symbols);
    for (size_t i = 0; i < questions->open_n; i++) {
        struct polled_symbol *polled = questions->open[i];
        if (!polled->is_seeking)
            continue;
        polled->is_sought = polled->is_seeking = false;
        polled->is_over = heap_set(&poller->table.due, &polled->due, now_ms) != STATUS_OK;
    }
}

static void listed_ask(struct poller *poller) {
    const struct poller_questions *questions = &poller->questions;
    struct symbol symbols[SEEK_MAX];
    size_t n = 0, seen_n = 0;
    for (; seen_n < questions->open_n && n < SEEK_MAX; seen_n++) {
        const struct polled_symbol *polled = questions->open[seen_n];
        if (polled->is_seeking)
            return; /* the archive is at it */
        if (polled->is_sought)
            symbols[n++] = polled->symbol;
    }
    if (n == 0 || !archivist_ask_listed(poller->archivist, symbols, n))
        return;
    for (size_t i = 0; i < seen_n; i++)
        questions->open[i]->is_seeking = questions->open[i]->is_sought;
    poller->needs_book = true; /* somebody may have given it a price by hand: the walk begins there */
}

void poller_listed(struct poller *poller, int64_t now_ms) {
    if (!poller->needs_book)
        listed_take(poller, now_ms);
    if (poller->fence != 0 && poller->questions.open_n > 0)
        listed_ask(poller);
}
