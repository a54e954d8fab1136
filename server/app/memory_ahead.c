/* Owns nothing, changes nothing. Thread: L. */
#include "app/memory_ahead.h"

#include "domain/holders.h"

#define LINE_BYTES 64
#define WATCHERS_AHEAD 8u
#define SYMBOLS_BYTES_MAX 512 /* of a large portfolio's the start: the rest is read in order */
#define ROWS_MAX 8            /* of a portfolio's changed rows, likewise */

/* Functions that only prefetch have no effect as gcc sees it, and it drops calls of them: here they are always inlined,
 * or of other files. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE void ask_for(const void *memory, size_t bytes) {
    for (size_t at = 0; at < bytes; at += LINE_BYTES)
        __builtin_prefetch((const char *)memory + at);
}

void memory_ahead_of_first_watchers(struct held_portfolio *const *held, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (held[i]->watchers.n > 0)
            ask_for(watchers_at(&held[i]->watchers, 0), LINE_BYTES);
    }
    for (size_t i = 0; i < n; i++) {
        if (held[i]->watchers.n > 0)
            ask_for(watchers_at(&held[i]->watchers, 0)->session, LINE_BYTES);
    }
}

void memory_ahead_of_watcher(const struct watchers *watchers, uint32_t at) {
    if (at + WATCHERS_AHEAD >= watchers->n)
        return;
    ask_for(watchers_at(watchers, at + WATCHERS_AHEAD), LINE_BYTES);
    ask_for(watchers_at(watchers, at + WATCHERS_AHEAD / 2)->session, LINE_BYTES);
}

/* What the next ready sessions lead to: their peers, and each one's first due subscription (most have one). */
struct ahead {
    const struct peer *peers[HUB_GATHERED_MAX];
    const struct subscription *due[HUB_GATHERED_MAX];
    size_t peers_n, due_n;
};

static void gather(const struct hub *hub, struct ahead *ahead) {
    ahead->peers_n = ahead->due_n = 0;
    for (uint32_t i = 0; i < HUB_GATHERED_MAX; i++) {
        const struct fifo_entry *entry = fifo_peek(&hub->ready, i);
        if (entry)
            ask_for(entry, LINE_BYTES);
    }
    for (uint32_t i = 0; i < HUB_GATHERED_MAX; i++) {
        struct fifo_entry *entry = fifo_peek(&hub->ready, i);
        if (!entry)
            continue;
        const struct session *session = FIFO_ENTRY(entry, const struct session, ready);
        struct list_link *first = list_first(&session->due);
        ask_for(session->peer.context, (size_t)2 * LINE_BYTES);
        ahead->peers[ahead->peers_n++] = &session->peer;
        if (first) {
            ahead->due[ahead->due_n] = LIST_ENTRY(first, const struct subscription, due_link);
            ask_for(ahead->due[ahead->due_n++], SUBSCRIPTION_HOT_BYTES);
        }
    }
}

/* The portfolios that a frame will be encoded of; with several watchers it probably is already. */
static size_t gather_portfolios(const struct ahead *ahead, const struct subscription *due[HUB_GATHERED_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < ahead->due_n; i++) {
        const struct held_portfolio *held = ahead->due[i]->held;
        if (!held->portfolio || held->watchers.n > 1)
            continue;
        ask_for(held->portfolio, sizeof(struct portfolio));
        due[n++] = ahead->due[i];
    }
    return n;
}

/* The rows that the delta will carry. */
ALWAYS_INLINE void ask_for_rows(const struct portfolio *portfolio, const uint64_t *seqs, uint64_t since_seq) {
    size_t asked_n = 0;
    for (size_t i = 0; i < portfolio->positions_n && asked_n < ROWS_MAX; i++) {
        if (i * sizeof(symbol_index) == SYMBOLS_BYTES_MAX)
            break;
        if (seqs[portfolio->symbols[i]] > since_seq) {
            ask_for(&portfolio->positions[i], sizeof portfolio->positions[i]);
            asked_n++;
        }
    }
}

void memory_ahead_of_flush(const struct hub *hub) {
    const uint64_t *seqs = price_book_seqs(hub->encode.book);
    const struct subscription *due[HUB_GATHERED_MAX];
    struct ahead ahead;
    gather(hub, &ahead);
    for (size_t i = 0; i < ahead.due_n; i++)
        ask_for(ahead.due[i]->held, offsetof(struct held_portfolio, expiry));
    for (size_t i = 0; i < ahead.peers_n; i++)
        ahead.peers[i]->ops->ask_ahead(ahead.peers[i]->context);
    size_t n = gather_portfolios(&ahead, due);
    for (size_t i = 0; i < n; i++) {
        const struct portfolio *portfolio = due[i]->held->portfolio;
        size_t bytes = portfolio->positions_n * sizeof *portfolio->symbols;
        ask_for(portfolio->symbols, bytes < SYMBOLS_BYTES_MAX ? bytes : SYMBOLS_BYTES_MAX);
        holders_ask_for(portfolio);
    }
    for (size_t i = 0; i < n; i++)
        ask_for_rows(due[i]->held->portfolio, seqs, due[i]->cursor.seq);
}
