/* Owns the questions for fresh prices: the inbox that any thread fills, the
 * open ones, and their answers. Refuses more than its bounds. Thread: the
 * poller's, but poller_ask_soon and poller_forget: any. */
#include "feed/poller_questions.h"

#include "feed/poller_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>
#include <string.h>

void poller_questions_init(struct poller_questions *questions) {
    pthread_mutex_init(&questions->lock, NULL);
}

void poller_questions_fini(struct poller_questions *questions) {
    free(questions->inbox);
    free(questions->open);
    free(questions->answers);
    pthread_mutex_destroy(&questions->lock);
}

/* Room for one more element; the array may move. */
static bool room_make(void **array, size_t n, size_t *capacity, size_t size, size_t max) {
    if (n >= max)
        return false;
    if (n < *capacity)
        return true;
    size_t more = *capacity ? *capacity * 2 : 64;
    void *grown = realloc(*array, more * size);
    if (!grown)
        return false;
    *array = grown;
    *capacity = more;
    return true;
}

/* ---- the inbox ---- */

/* Thread: any. Returns how many fitted. */
static size_t notes_add(struct poller *poller, const struct symbol *symbols, size_t n, bool is_forget) {
    struct poller_questions *it = &poller->questions;
    size_t taken = 0;
    pthread_mutex_lock(&it->lock);
    for (; taken < n; taken++) {
        void *inbox = it->inbox;
        bool has_room =
            room_make(&inbox, it->inbox_n, &it->inbox_capacity, sizeof *it->inbox, (size_t)QUESTION_INBOX_MAX);
        it->inbox = inbox;
        if (!has_room)
            break;
        it->inbox[it->inbox_n++] = (struct question_note){.symbol = symbols[taken], .is_forget = is_forget};
    }
    bool is_first = taken < n && !it->is_refusal_logged;
    it->is_refusal_logged |= taken < n;
    pthread_mutex_unlock(&it->lock);
    metrics_add(METRIC_QUESTIONS_REFUSED, (int64_t)(n - taken));
    if (is_first)
        log_event(LOG_WARN, "poller.questions_refused", LOG_I64("symbols", n - taken));
    http_fetch_wake(poller->fetch);
    return taken;
}

size_t poller_ask_soon(struct poller *poller, const struct symbol *symbols, size_t n) {
    return notes_add(poller, symbols, n, false);
}

void poller_forget(struct poller *poller, const struct symbol *symbols, size_t n) {
    const struct symbol all = {0};
    (void)notes_add(poller, n > 0 ? symbols : &all, n > 0 ? n : 1, true);
}

/* ---- answers ---- */

static void answer_add(struct poller *poller, const struct symbol *symbol, enum ask_outcome outcome) {
    struct poller_questions *it = &poller->questions;
    void *answers = it->answers;
    bool has_room = room_make(&answers, it->answers_n, &it->answers_capacity, sizeof *it->answers, SIZE_MAX);
    it->answers = answers;
    if (has_room) /* else who waits runs into the deadline */
        it->answers[it->answers_n++] = (struct answered_symbol){.symbol = *symbol, .outcome = outcome};
}

static bool is_fresh(const struct polled_symbol *polled, int64_t since_ms) {
    return polled->is_stored && !polled->stored.stale && polled->confirmed_ms >= since_ms;
}

/* Why a provider that may know the symbol gave no price of it. */
static enum ask_outcome obstacle_of(struct poller *poller, size_t i, const struct polled_symbol *polled,
                                    int64_t now_ms) {
    struct polled_provider *it = &poller->providers[i];
    bool has_answered = (polled->answered_mask & (1U << i)) != 0;
    if (poller_provider_refuses(it, &polled->symbol, now_ms))
        return ASK_REFUSED;
    if (now_ms < it->throttled_until_ms ||
        quota_next_ms(&it->quota, now_ms, clock_wall_ms(poller->config.clock)) > now_ms)
        return ASK_THROTTLED;
    return has_answered || breaker_is_shut(&it->breaker, now_ms) ? ASK_FAILED : ASK_UNAVAILABLE;
}

/* Of several providers that may know it, the obstacle that is over first: a throttle before a refused key. */
static enum ask_outcome outcome_of(struct poller *poller, const struct polled_symbol *polled, int64_t now_ms) {
    static const int ranks[] = {[ASK_REFUSED] = 1, [ASK_THROTTLED] = 2, [ASK_UNAVAILABLE] = 3, [ASK_FAILED] = 4};
    enum ask_outcome outcome = ASK_UNKNOWN;
    if (is_fresh(polled, polled->question_ms))
        return ASK_FRESH;
    for (size_t i = 0; i < poller->providers_n; i++) {
        if (!poller_provider_knows(poller, i, polled, now_ms))
            continue;
        enum ask_outcome obstacle = obstacle_of(poller, i, polled, now_ms);
        if (ranks[obstacle] > ranks[outcome])
            outcome = obstacle;
    }
    return outcome;
}

/* A symbol without a price that nobody holds makes room, when its turn has come. */
static void guest_add(struct poller *poller, struct polled_symbol *polled) {
    struct poller_questions *it = &poller->questions;
    if (polled->is_held || polled->is_stored || polled->is_guest)
        return;
    struct polled_symbol *oldest = it->guests[it->guests_at];
    if (oldest) {
        oldest->is_guest = false;
        poll_table_forget(&poller->table, oldest);
    }
    polled->is_guest = true;
    it->guests[it->guests_at] = polled;
    it->guests_at = (it->guests_at + 1) % QUESTION_GUESTS_MAX;
}

static void question_close(struct poller *poller, struct polled_symbol *polled) {
    polled->is_asked = polled->is_over = polled->is_sought = polled->is_seeking = false;
    if (!polled->is_held)
        heap_remove(&poller->table.due, &polled->due);
    else if (!polled->is_in_flight && !heap_entry_is_set(&polled->due)) /* it came to be held while it was sought */
        poller_due_set(poller, polled, poller_now_ms(poller));
    guest_add(poller, polled);
}

void poller_questions_answer(struct poller *poller, int64_t now_ms) {
    struct poller_questions *it = &poller->questions;
    size_t open_n = 0;
    if (poller->fence == 0)
        return;
    for (size_t i = 0; i < it->open_n; i++) {
        struct polled_symbol *polled = it->open[i];
        if (!polled->is_over) {
            it->open[open_n++] = polled;
            continue;
        }
        answer_add(poller, &polled->symbol, outcome_of(poller, polled, now_ms));
        question_close(poller, polled);
    }
    it->open_n = open_n;
    for (size_t done = 0; done < it->answers_n; done += BUS_ASK_MAX) {
        size_t n = it->answers_n - done < BUS_ASK_MAX ? it->answers_n - done : BUS_ASK_MAX;
        poller->publisher->ops->answer(poller->publisher, it->answers + done, n);
    }
    it->answers_n = 0;
}

void poller_questions_drop(struct poller *poller) {
    struct poller_questions *it = &poller->questions;
    for (size_t i = 0; i < it->open_n; i++)
        question_close(poller, it->open[i]);
    it->open_n = it->answers_n = 0;
}

/* ---- opening ---- */

static void question_open(struct poller *poller, const struct symbol *symbol, int64_t now_ms) {
    struct poller_questions *it = &poller->questions;
    struct polled_symbol *polled = poll_table_get(&poller->table, symbol);
    metrics_increment(METRIC_QUESTIONS);
    if (polled && polled->is_asked)
        return;
    if (polled && is_fresh(polled, now_ms - QUESTION_FRESH_MS)) {
        answer_add(poller, symbol, ASK_FRESH);
        return;
    }
    void *open = it->open;
    bool has_room =
        room_make(&open, it->open_n, &it->open_capacity, sizeof(struct polled_symbol *), (size_t)QUESTION_OPEN_MAX);
    it->open = open;
    bool is_sought = polled && !polled->is_in_flight && poller_listed_is_needed(poller, polled);
    if (polled && has_room &&
        (polled->is_in_flight || is_sought || heap_set(&poller->table.due, &polled->due, now_ms) == STATUS_OK)) {
        polled->is_asked = true;
        polled->answered_mask = 0;
        polled->is_sought = is_sought;
        polled->question_ms = now_ms;
        it->open[it->open_n++] = polled;
        return;
    }
    metrics_increment(METRIC_QUESTIONS_REFUSED);
    answer_add(poller, symbol, ASK_UNAVAILABLE);
}

static void forget_one(struct poller *poller, struct polled_symbol *polled, int64_t now_ms) {
    if (!polled->is_stored || polled->stored.stale || quote_is_by_hand(&polled->stored))
        return;
    polled->confirmed_ms = now_ms - poller_ttl_ms(poller, polled);
    poller->stale_due_ms = now_ms;
    /* Was held, or asked for: the place it has in the heap moves to the front. */
    if (heap_entry_is_set(&polled->due))
        (void)!heap_set(&poller->table.due, &polled->due, now_ms);
}

static void note_work(struct poller *poller, const struct question_note *note, int64_t now_ms) {
    if (!note->is_forget) {
        question_open(poller, &note->symbol, now_ms);
        return;
    }
    if (note->symbol.len > 0) {
        struct polled_symbol *polled = poll_table_find(&poller->table, &note->symbol);
        if (polled)
            forget_one(poller, polled, now_ms);
        return;
    }
    for (size_t i = 0; i < poller->table.n; i++)
        forget_one(poller, poller->table.all[i], now_ms);
}

void poller_questions_take(struct poller *poller, int64_t now_ms) {
    struct poller_questions *it = &poller->questions;
    /* Who does not know the book cannot say what is fresh; who does not lead is not asked. */
    if (poller->fence != 0 && poller->needs_book)
        return;
    pthread_mutex_lock(&it->lock);
    struct question_note *notes = it->inbox;
    size_t n = it->inbox_n;
    it->inbox = NULL;
    it->inbox_n = it->inbox_capacity = 0;
    it->is_refusal_logged = false;
    pthread_mutex_unlock(&it->lock);
    for (size_t i = 0; poller->fence != 0 && i < n; i++)
        note_work(poller, &notes[i], now_ms);
    free(notes);
}

void poller_question_due(struct poller *poller, struct polled_symbol *polled, int64_t due_ms) {
    int64_t now_ms = poller_now_ms(poller);
    if (!polled->is_asked)
        return;
    bool can_ask = false;
    for (size_t i = 0; i < poller->providers_n; i++)
        can_ask |=
            poller_provider_knows(poller, i, polled, now_ms) && poller_provider_is_open(&poller->providers[i], now_ms);
    polled->is_over = polled->is_in_batch || is_fresh(polled, polled->question_ms) ||
                      (due_ms > now_ms && (!can_ask || due_ms >= polled->question_ms + QUESTION_MS));
}
