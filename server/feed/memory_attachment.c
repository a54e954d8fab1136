/* A loop's end of the in-process bus. It owns what is on its way to one
 * listener: events, hints, answers. Each message holds a reference, so that a
 * message may arrive after the loop let go of the bus.
 * Thread: L, but what is marked {lock}. */
#include "feed/bus_memory_internal.h"
#include "ops/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PENDING_MAX 1024

struct memory_attachment {
    struct bus bus;        /* first */
    struct list_link link; /* {lock} memory->attachments */
    struct bus_memory *memory;
    struct mailbox *mailbox;
    struct bus_listener listener;
    atomic_uint refs;    /* the loop's own and one for each message */
    bool is_detached;    /* L */
    bool is_following;   /* L: a book was told */
    struct list pending; /* L: struct memory_answer */
    size_t pending_n;    /* L */
    /* The one message that cannot be refused: a book, or a change of leader. */
    struct mail refresh;
    bool is_refresh_posted; /* {lock} */
    bool needs_book;        /* {lock} events are not posted until it has one */
};

/* Numbered quotes, or else answers. */
struct memory_event {
    atomic_uint refs;
    uint64_t seq;
    size_t quotes_n, answers_n;
    struct answered_symbol *answers; /* malloc'd */
    struct quote quotes[];
};
struct event_mail {
    struct mail mail;
    struct memory_attachment *attachment;
    struct memory_event *event;
};
struct hint_mail {
    struct mail mail;
    struct memory_attachment *attachment;
    bool is_access;
    struct uuid id; /* of the portfolio, or of whose access changed */
};
struct memory_answer {
    struct mail mail;
    struct list_link link;
    struct memory_attachment *attachment;
    struct bus_published published;
    bus_published_fn done; /* NULL once it was called */
    void *context;
};

static void attachment_unref(struct memory_attachment *attachment) {
    if (atomic_fetch_sub(&attachment->refs, 1) == 1)
        free(attachment);
}

static void event_unref(struct memory_event *event) {
    if (atomic_fetch_sub(&event->refs, 1) != 1)
        return;
    free(event->answers);
    free(event);
}

/* ---- the book and the leader ---- */

static void refresh_discard(struct mail *mail) {
    attachment_unref(LIST_ENTRY(mail, struct memory_attachment, refresh));
}

static void refresh_dispatch(struct mail *mail);

/* Thread: any, holding the lock. */
static void refresh_post(struct memory_attachment *attachment) {
    if (attachment->is_refresh_posted)
        return;
    attachment->is_refresh_posted = true;
    attachment->refresh.dispatch = refresh_dispatch;
    attachment->refresh.discard = refresh_discard;
    atomic_fetch_add(&attachment->refs, 1);
    mailbox_post_reserved(attachment->mailbox, &attachment->refresh);
}

static void refresh_dispatch(struct mail *mail) {
    struct memory_attachment *attachment = LIST_ENTRY(mail, struct memory_attachment, refresh);
    if (attachment->is_detached) {
        attachment_unref(attachment);
        return;
    }
    struct bus_memory *memory = attachment->memory;
    struct numbered_quote *quotes = NULL;
    struct bus_epoch epoch;
    uint64_t seq = 0;
    size_t n = 0;
    pthread_mutex_lock(&memory->lock);
    attachment->is_refresh_posted = false;
    bool has_leader = memory->has_leader;
    bool is_restored = memory->is_restored;
    bool has_book = attachment->needs_book && quote_ledger_book(memory->ledger, &quotes, &n) == STATUS_OK;
    quote_ledger_position(memory->ledger, &epoch, &seq);
    if (has_book)
        attachment->needs_book = false;
    else if (attachment->needs_book)
        refresh_post(attachment); /* out of memory: later */
    pthread_mutex_unlock(&memory->lock);
    if (has_book) {
        if (!attachment->is_following)
            metrics_add(METRIC_BUS_CONNECTED, 1);
        attachment->is_following = true;
    }
    if (is_restored && attachment->listener.on_restored)
        attachment->listener.on_restored(attachment->listener.context, &epoch);
    if (has_book) {
        attachment->listener.on_book(attachment->listener.context, &epoch, seq, quotes, n);
        free(quotes);
    }
    if (!attachment->is_detached)
        attachment->listener.on_state(attachment->listener.context, attachment->is_following, has_leader);
    attachment_unref(attachment);
}

void memory_leader_set(struct bus_memory *memory, bool has_leader) {
    pthread_mutex_lock(&memory->lock);
    if (memory->has_leader != has_leader) {
        memory->has_leader = has_leader;
        LIST_FOR_EACH (it, next, &memory->attachments) {
            refresh_post(LIST_ENTRY(it, struct memory_attachment, link));
        }
    }
    pthread_mutex_unlock(&memory->lock);
}

/* ---- events ---- */

static void event_discard(struct mail *mail) {
    struct event_mail *it = LIST_ENTRY(mail, struct event_mail, mail);
    event_unref(it->event);
    attachment_unref(it->attachment);
    free(it);
}

static void event_dispatch(struct mail *mail) {
    struct event_mail *it = LIST_ENTRY(mail, struct event_mail, mail);
    struct memory_attachment *attachment = it->attachment;
    const struct bus_listener *listener = &attachment->listener;
    if (!attachment->is_detached && it->event->quotes_n > 0)
        listener->on_event(listener->context, it->event->seq, it->event->quotes, it->event->quotes_n);
    if (!attachment->is_detached && it->event->answers_n > 0 && listener->on_answered)
        listener->on_answered(listener->context, it->event->answers, it->event->answers_n);
    event_discard(mail);
}

static enum status event_post(struct memory_attachment *attachment, struct memory_event *event) {
    struct event_mail *mail = calloc(1, sizeof *mail);
    if (!mail)
        return STATUS_NO_MEMORY;
    mail->mail.dispatch = event_dispatch;
    mail->mail.discard = event_discard;
    mail->attachment = attachment;
    mail->event = event;
    atomic_fetch_add(&attachment->refs, 1);
    atomic_fetch_add(&event->refs, 1);
    enum status status = mailbox_post(attachment->mailbox, &mail->mail);
    if (status != STATUS_OK)
        event_discard(&mail->mail);
    return status;
}

void memory_attachments_tell(struct bus_memory *memory, uint64_t seq, const struct quote *quotes, size_t n) {
    struct memory_event *event = malloc(sizeof *event + n * sizeof *quotes);
    if (event) {
        atomic_init(&event->refs, 1);
        event->answers = NULL;
        event->answers_n = 0;
        event->seq = seq;
        event->quotes_n = n;
        memcpy(event->quotes, quotes, n * sizeof *quotes);
    }
    LIST_FOR_EACH (it, next, &memory->attachments) {
        struct memory_attachment *attachment = LIST_ENTRY(it, struct memory_attachment, link);
        if (attachment->needs_book)
            continue; /* the book on its way has it */
        if (event && event_post(attachment, event) == STATUS_OK)
            continue;
        metrics_increment(METRIC_MAILBOX_FULL);
        attachment->needs_book = true;
        refresh_post(attachment);
    }
    if (event)
        event_unref(event);
}

void memory_answers_tell(struct bus_memory *memory, const struct answered_symbol *answers, size_t n) {
    struct memory_event *event = calloc(1, sizeof *event);
    struct answered_symbol *copy = malloc(n * sizeof *copy);
    if (!event || !copy) {
        free(event);
        free(copy);
        return; /* who waits for it has a deadline */
    }
    memcpy(copy, answers, n * sizeof *copy);
    atomic_init(&event->refs, 1);
    event->answers = copy;
    event->answers_n = n;
    pthread_mutex_lock(&memory->lock);
    LIST_FOR_EACH (it, next, &memory->attachments) {
        if (event_post(LIST_ENTRY(it, struct memory_attachment, link), event) != STATUS_OK)
            metrics_increment(METRIC_MAILBOX_FULL);
    }
    pthread_mutex_unlock(&memory->lock);
    event_unref(event);
}

void memory_restored_set(struct bus_memory *memory) {
    pthread_mutex_lock(&memory->lock);
    if (!memory->is_restored) {
        memory->is_restored = true;
        LIST_FOR_EACH (it, next, &memory->attachments) {
            refresh_post(LIST_ENTRY(it, struct memory_attachment, link));
        }
    }
    pthread_mutex_unlock(&memory->lock);
}

/* ---- what the loop asks for ---- */

static struct memory_attachment *attachment_of(struct bus *bus) {
    return (struct memory_attachment *)(void *)bus;
}

static void answer_give(struct memory_answer *answer) {
    struct memory_attachment *attachment = answer->attachment;
    bus_published_fn done = answer->done;
    if (!done)
        return;
    answer->done = NULL;
    list_remove(&answer->link);
    attachment->pending_n--;
    done(answer->context, &answer->published);
}

static void answer_discard(struct mail *mail) {
    struct memory_answer *answer = LIST_ENTRY(mail, struct memory_answer, mail);
    attachment_unref(answer->attachment);
    free(answer);
}

static void answer_dispatch(struct mail *mail) {
    answer_give(LIST_ENTRY(mail, struct memory_answer, mail));
    answer_discard(mail);
}

static enum status attachment_publish(struct bus *bus, const struct quote *quotes, size_t quotes_n,
                                      bool keep_previous_close, bus_published_fn done, void *context) {
    struct memory_attachment *attachment = attachment_of(bus);
    if (attachment->pending_n >= PENDING_MAX)
        return STATUS_LIMIT;
    struct memory_answer *answer = calloc(1, sizeof *answer);
    if (!answer)
        return STATUS_NO_MEMORY;
    enum status status =
        bus_memory_publish(attachment->memory, quotes, quotes_n, keep_previous_close, 0, &answer->published);
    if (status != STATUS_OK) {
        free(answer);
        return status;
    }
    answer->mail.dispatch = answer_dispatch;
    answer->mail.discard = answer_discard;
    answer->attachment = attachment;
    answer->done = done;
    answer->context = context;
    atomic_fetch_add(&attachment->refs, 1);
    list_push_back(&attachment->pending, &answer->link);
    attachment->pending_n++;
    mailbox_post_reserved(attachment->mailbox, &answer->mail);
    return STATUS_OK;
}

static void hint_discard(struct mail *mail) {
    struct hint_mail *it = LIST_ENTRY(mail, struct hint_mail, mail);
    attachment_unref(it->attachment);
    free(it);
}

static void hint_dispatch(struct mail *mail) {
    struct hint_mail *it = LIST_ENTRY(mail, struct hint_mail, mail);
    struct memory_attachment *attachment = it->attachment;
    const struct bus_listener *listener = &attachment->listener;
    if (!attachment->is_detached && !it->is_access) {
        metrics_increment(METRIC_BUS_HINTS);
        listener->on_hint(listener->context, &it->id);
    } else if (!attachment->is_detached && listener->on_access_changed) {
        listener->on_access_changed(listener->context, &it->id);
    }
    hint_discard(mail);
}

static void hints_post(struct bus_memory *memory, bool is_access, const struct uuid *id) {
    pthread_mutex_lock(&memory->lock);
    LIST_FOR_EACH (it, next, &memory->attachments) {
        struct memory_attachment *attachment = LIST_ENTRY(it, struct memory_attachment, link);
        struct hint_mail *mail = calloc(1, sizeof *mail);
        if (!mail)
            break; /* a lost hint costs seconds: the database is looked at regularly */
        mail->mail.dispatch = hint_dispatch;
        mail->mail.discard = hint_discard;
        mail->attachment = attachment;
        mail->is_access = is_access;
        mail->id = *id;
        atomic_fetch_add(&attachment->refs, 1);
        if (mailbox_post(attachment->mailbox, &mail->mail) != STATUS_OK) {
            metrics_increment(METRIC_MAILBOX_FULL);
            hint_discard(&mail->mail);
        }
    }
    pthread_mutex_unlock(&memory->lock);
}

static void attachment_hint(struct bus *bus, const struct uuid *portfolio_id) {
    hints_post(attachment_of(bus)->memory, false, portfolio_id);
}

static void attachment_access_changed(struct bus *bus, const struct uuid *subject) {
    hints_post(attachment_of(bus)->memory, true, subject);
}

/* One process: who asks hands it to the poller itself. */
static void attachment_ask(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    const struct bus_listener *listener = &attachment_of(bus)->listener;
    if (listener->on_ask)
        listener->on_ask(listener->context, symbols, symbols_n);
}

static void attachment_forget(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    const struct bus_listener *listener = &attachment_of(bus)->listener;
    if (listener->on_forget)
        listener->on_forget(listener->context, symbols, symbols_n);
}

static enum status attachment_share_rates(struct bus *bus, const struct bus_rates *rates, bus_rates_fn done,
                                          void *context) {
    return memory_rates_share(attachment_of(bus)->memory, rates, done, context);
}

static void attachment_watch(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    struct bus_memory *memory = attachment_of(bus)->memory;
    pthread_mutex_lock(&memory->lock);
    watched_symbols_add(&memory->watched, symbols, symbols_n, clock_wall_ms(memory->clock));
    pthread_mutex_unlock(&memory->lock);
}

static void attachment_destroy(struct bus *bus) {
    struct memory_attachment *attachment = attachment_of(bus);
    struct list_link *link;
    pthread_mutex_lock(&attachment->memory->lock);
    list_remove(&attachment->link);
    pthread_mutex_unlock(&attachment->memory->lock);
    /* They were published already: their answers are the true ones. */
    while ((link = list_first(&attachment->pending)))
        answer_give(LIST_ENTRY(link, struct memory_answer, link));
    if (attachment->is_following)
        metrics_add(METRIC_BUS_CONNECTED, -1);
    attachment->is_detached = true;
    attachment_unref(attachment);
}

enum status bus_memory_attach(struct bus_memory *memory, struct mailbox *mailbox, const struct bus_listener *listener,
                              struct bus **ret_bus) {
    static const struct bus_ops ops = {.publish = attachment_publish,
                                       .hint = attachment_hint,
                                       .access_changed = attachment_access_changed,
                                       .watch = attachment_watch,
                                       .ask = attachment_ask,
                                       .forget = attachment_forget,
                                       .share_rates = attachment_share_rates,
                                       .destroy = attachment_destroy};
    struct memory_attachment *attachment = calloc(1, sizeof *attachment);
    if (!attachment)
        return STATUS_NO_MEMORY;
    attachment->bus.ops = &ops;
    attachment->memory = memory;
    attachment->mailbox = mailbox;
    attachment->listener = *listener;
    atomic_init(&attachment->refs, 1);
    list_init(&attachment->pending);
    pthread_mutex_lock(&memory->lock);
    attachment->needs_book = true;
    list_push_back(&memory->attachments, &attachment->link);
    refresh_post(attachment);
    pthread_mutex_unlock(&memory->lock);
    *ret_bus = &attachment->bus;
    return STATUS_OK;
}
