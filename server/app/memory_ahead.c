/* Owns nothing, changes nothing. Thread: L. */
#include "app/memory_ahead.h"

#include "domain/holders.h"

#define LINE_BYTES 64
#define SYMBOLS_BYTES_MAX 512 /* of a large portfolio's the start: the rest is read in order */
#define ROWS_MAX 8            /* of a portfolio's changed rows, likewise */

static void ask_for(const void *memory, size_t bytes) {
    for (size_t at = 0; at < bytes; at += LINE_BYTES)
        __builtin_prefetch((const char *)memory + at);
}

static const struct subscription *first_subscription(const struct held_portfolio *held) {
    struct list_link *link = list_first(&held->subscriptions);
    return link ? LIST_ENTRY(link, struct subscription, portfolio_link) : NULL;
}

void memory_ahead_of_marking(struct held_portfolio *const *held, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct subscription *subscription = first_subscription(held[i]);
        if (subscription)
            ask_for(subscription, LINE_BYTES);
    }
    for (size_t i = 0; i < n; i++) {
        const struct subscription *subscription = first_subscription(held[i]);
        if (subscription)
            ask_for(subscription->session, LINE_BYTES);
    }
}

/* Each ready session's first due subscription; most have one. */
static size_t gather(struct hub *hub, const struct subscription *due[MEMORY_AHEAD_N]) {
    size_t sessions_n = 0, n = 0;
    LIST_FOR_EACH (link, next, &hub->ready) {
        const struct session *session = LIST_ENTRY(link, struct session, ready_link);
        struct list_link *first = list_first(&session->due);
        ask_for(session->peer.context, (size_t)2 * LINE_BYTES);
        if (first) {
            due[n] = LIST_ENTRY(first, struct subscription, due_link);
            ask_for(due[n++], SUBSCRIPTION_HOT_BYTES);
        }
        if (++sessions_n == MEMORY_AHEAD_N)
            break;
    }
    return n;
}

/* The rows that the delta will carry. */
static void ask_for_rows(const struct portfolio *portfolio, const uint64_t *seqs, uint64_t since_seq) {
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

void memory_ahead_of_flush(struct hub *hub) {
    const struct subscription *due[MEMORY_AHEAD_N];
    const uint64_t *seqs = price_book_seqs(hub->encode.book);
    size_t n = gather(hub, due);
    for (size_t i = 0; i < n; i++)
        ask_for(due[i]->held, offsetof(struct held_portfolio, expiry));
    for (size_t i = 0; i < n; i++) {
        if (due[i]->held->portfolio)
            ask_for(due[i]->held->portfolio, sizeof(struct portfolio));
    }
    for (size_t i = 0; i < n; i++) {
        const struct portfolio *portfolio = due[i]->held->portfolio;
        size_t bytes = portfolio ? portfolio->positions_n * sizeof *portfolio->symbols : 0;
        if (!portfolio)
            continue;
        ask_for(portfolio->symbols, bytes < SYMBOLS_BYTES_MAX ? bytes : SYMBOLS_BYTES_MAX);
        holders_ask_for(portfolio);
    }
    for (size_t i = 0; i < n; i++) {
        if (due[i]->held->portfolio)
            ask_for_rows(due[i]->held->portfolio, seqs, due[i]->cursor.seq);
    }
}
