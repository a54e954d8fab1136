/* Questions for fresh prices: what somebody needs now, before anything else.
 *
 * A question is open from its taking until its symbol was confirmed, or no
 * provider can be asked for it within QUESTION_MS. One that is open is not
 * opened again, and a symbol confirmed less than QUESTION_FRESH_MS ago is
 * answered at once: so however many ask, a provider is asked once. Every
 * question is answered over the bus, behind the quotes of its turn.
 *
 * Symbols that nobody holds may be asked for too. Those without a price are
 * forgotten again after QUESTION_GUESTS_MAX others. Thread: the poller's, but
 * where marked. */
#ifndef PF_FEED_POLLER_QUESTIONS_H
#define PF_FEED_POLLER_QUESTIONS_H

#include "feed/poll_table.h"

#include <pthread.h>

#define QUESTION_MS 2000
#define QUESTION_FRESH_MS 1000
#define QUESTION_INBOX_MAX 20000
#define QUESTION_OPEN_MAX 20000
#define QUESTION_GUESTS_MAX 4096

struct poller;

struct question_note {
    struct symbol symbol; /* len 0: every symbol, of is_forget */
    bool is_forget;
};

struct poller_questions {
    pthread_mutex_t lock;
    struct question_note *inbox; /* {lock} */
    size_t inbox_n;              /* {lock} */
    size_t inbox_capacity;       /* {lock} */
    bool is_refusal_logged;      /* {lock} */
    /* The rest is the poller's. */
    struct polled_symbol **open;
    size_t open_n, open_capacity;
    struct answered_symbol *answers; /* of this turn */
    size_t answers_n, answers_capacity;
    struct polled_symbol *guests[QUESTION_GUESTS_MAX]; /* a ring; NULL: free */
    size_t guests_at;
};

/* Thread: main. */
void poller_questions_init(struct poller_questions *questions);
void poller_questions_fini(struct poller_questions *questions);

/* Opens what was asked for, forgets what is to be forgotten. */
void poller_questions_take(struct poller *poller, int64_t now_ms);
/* Answers what is over: behind the turn's flush. */
void poller_questions_answer(struct poller *poller, int64_t now_ms);
/* Another leads: its poller answers. */
void poller_questions_drop(struct poller *poller);
/* The symbol is looked at next at due_ms. Notes whether its question is over by that. */
void poller_question_due(struct poller *poller, struct polled_symbol *polled, int64_t due_ms);

#endif
