/* What one loop hears of a bus: a listener that writes it down, and checks that
 * events come in order and after a book. */
#ifndef PF_TESTS_BUS_EAR_H
#define PF_TESTS_BUS_EAR_H

#include "feed/bus.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <ev.h>

#define BUS_EAR_PRICES 16

struct bus_ear {
    struct ev_loop *loop;
    struct mailbox *mailbox; /* of a bus that has one */
    struct bus *bus;
    bool is_following, has_leader;
    struct bus_epoch epoch;
    uint64_t seq;
    struct quote quotes[BUS_EAR_PRICES];
    size_t quotes_n;
    unsigned books_n, events_n, hints_n, answers_n, losses_n;
    struct uuid hint;
    struct bus_published answer;
    size_t asked_n, forgets_n, forgotten_n, outcomes_n;
    struct symbol asked; /* the last one */
    struct answered_symbol outcome;
    uint64_t outcome_seq; /* where the book stood when it came */
    unsigned access_changes_n;
    struct uuid access_subject; /* the last one */
    struct bus_epoch restored;
    unsigned restored_books_n; /* how many books had come by then */
};

/* 0: it has none. */
static inline int64_t bus_ear_price(const struct bus_ear *ear, const char *symbol) {
    for (size_t i = 0; i < ear->quotes_n; i++) {
        if (strcmp(ear->quotes[i].symbol.text, symbol) == 0)
            return ear->quotes[i].price.e8;
    }
    return 0;
}

static inline void bus_ear_note(struct bus_ear *ear, const struct quote *quote) {
    size_t at = 0;
    while (at < ear->quotes_n && !symbol_equal(&ear->quotes[at].symbol, &quote->symbol))
        at++;
    assert_true(at < BUS_EAR_PRICES);
    ear->quotes[at] = *quote;
    ear->quotes_n += at == ear->quotes_n;
}

static inline void bus_ear_on_book(void *context, const struct bus_epoch *epoch, uint64_t seq,
                                   const struct numbered_quote *quotes, size_t quotes_n) {
    struct bus_ear *ear = context;
    ear->epoch = *epoch;
    ear->seq = seq;
    ear->books_n++;
    ear->quotes_n = 0;
    for (size_t i = 0; i < quotes_n; i++)
        bus_ear_note(ear, &quotes[i].quote);
}

static inline void bus_ear_on_event(void *context, uint64_t seq, const struct quote *quotes, size_t quotes_n) {
    struct bus_ear *ear = context;
    assert_true(ear->books_n > 0);
    assert_int_equal(seq, ear->seq + 1);
    ear->seq = seq;
    ear->events_n++;
    for (size_t i = 0; i < quotes_n; i++)
        bus_ear_note(ear, &quotes[i]);
}

static inline void bus_ear_on_hint(void *context, const struct uuid *portfolio_id) {
    struct bus_ear *ear = context;
    ear->hint = *portfolio_id;
    ear->hints_n++;
}

static inline void bus_ear_on_state(void *context, bool is_following, bool has_leader) {
    struct bus_ear *ear = context;
    if (ear->is_following && !is_following)
        ear->losses_n++;
    ear->is_following = is_following;
    ear->has_leader = has_leader;
}

static inline void bus_ear_on_ask(void *context, const struct symbol *symbols, size_t n) {
    struct bus_ear *ear = context;
    ear->asked_n += n;
    ear->asked = symbols[n - 1];
}

static inline void bus_ear_on_forget(void *context, const struct symbol *symbols, size_t n) {
    struct bus_ear *ear = context;
    (void)symbols;
    ear->forgets_n++;
    ear->forgotten_n += n;
}

static inline void bus_ear_on_answered(void *context, const struct answered_symbol *answers, size_t n) {
    struct bus_ear *ear = context;
    ear->outcomes_n += n;
    ear->outcome = answers[n - 1];
    ear->outcome_seq = ear->seq;
}

static inline void bus_ear_on_restored(void *context, const struct bus_epoch *epoch) {
    struct bus_ear *ear = context;
    ear->restored = *epoch;
    ear->restored_books_n = ear->books_n;
}

static inline void bus_ear_on_access_changed(void *context, const struct uuid *subject) {
    struct bus_ear *ear = context;
    ear->access_subject = *subject;
    ear->access_changes_n++;
}

/* Of a publication. */
static inline void bus_ear_on_answer(void *context, const struct bus_published *published) {
    struct bus_ear *ear = context;
    ear->answer = *published;
    ear->answers_n++;
}

static inline struct bus_listener bus_ear_listener(struct bus_ear *ear) {
    return (struct bus_listener){.context = ear,
                                 .on_book = bus_ear_on_book,
                                 .on_event = bus_ear_on_event,
                                 .on_hint = bus_ear_on_hint,
                                 .on_state = bus_ear_on_state,
                                 .on_ask = bus_ear_on_ask,
                                 .on_forget = bus_ear_on_forget,
                                 .on_answered = bus_ear_on_answered,
                                 .on_restored = bus_ear_on_restored,
                                 .on_access_changed = bus_ear_on_access_changed};
}

#endif
