/* The mailbox: one list under one lock, and one async watcher that wakes the
 * loop when the list stops being empty. Refuses a message past its capacity,
 * except a reserved one. Thread: any posts; L dispatches and destroys. */
#include "thread/mailbox.h"

#include <ev.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

struct mailbox {
    struct ev_async async; /* Thread: L, but ev_async_send */
    struct ev_loop *loop;
    size_t capacity;
    pthread_mutex_t lock;
    struct list waiting; /* {lock} */
    size_t waiting_n;    /* {lock} */
};

/* Takes what waits now and dispatches it outside the lock. What a dispatch
 * posts comes at the next wake, so that no chain of posts can hold the loop. */
static void on_woken(struct ev_loop *loop, struct ev_async *async, int revents) {
    (void)loop;
    (void)revents;
    struct mailbox *mailbox = async->data;
    struct list taken;
    struct list_link *link;
    list_init(&taken);
    pthread_mutex_lock(&mailbox->lock);
    list_splice_back(&taken, &mailbox->waiting);
    mailbox->waiting_n = 0;
    pthread_mutex_unlock(&mailbox->lock);
    while ((link = list_first(&taken))) {
        struct mail *mail = LIST_ENTRY(link, struct mail, link);
        list_remove(link);
        mail->dispatch(mail);
    }
}

enum status mailbox_create(struct ev_loop *loop, size_t capacity, struct mailbox **ret_mailbox) {
    struct mailbox *mailbox = calloc(1, sizeof *mailbox);
    if (!mailbox)
        return STATUS_NO_MEMORY;
    if (pthread_mutex_init(&mailbox->lock, NULL) != 0) {
        free(mailbox);
        return STATUS_NO_MEMORY;
    }
    mailbox->loop = loop;
    mailbox->capacity = capacity;
    list_init(&mailbox->waiting);
    ev_async_init(&mailbox->async, on_woken);
    mailbox->async.data = mailbox;
    ev_async_start(loop, &mailbox->async);
    ev_unref(loop);
    *ret_mailbox = mailbox;
    return STATUS_OK;
}

void mailbox_destroy(struct mailbox **mailbox) {
    struct mailbox *it = *mailbox;
    struct list_link *link;
    if (!it)
        return;
    *mailbox = NULL;
    ev_ref(it->loop);
    ev_async_stop(it->loop, &it->async);
    /* A poster may still be on its way out of the lock. */
    pthread_mutex_lock(&it->lock);
    pthread_mutex_unlock(&it->lock);
    while ((link = list_first(&it->waiting))) {
        struct mail *mail = LIST_ENTRY(link, struct mail, link);
        list_remove(link);
        if (mail->discard)
            mail->discard(mail);
    }
    pthread_mutex_destroy(&it->lock);
    free(it);
}

static enum status post(struct mailbox *mailbox, struct mail *mail, size_t capacity) {
    enum status status = STATUS_OK;
    pthread_mutex_lock(&mailbox->lock);
    if (mailbox->waiting_n >= capacity) {
        status = STATUS_LIMIT;
    } else {
        list_push_back(&mailbox->waiting, &mail->link);
        /* Only the first message wakes. Under the lock: once it is released the
         * message may be dispatched, and with it the reason for this mailbox gone. */
        if (mailbox->waiting_n++ == 0)
            ev_async_send(mailbox->loop, &mailbox->async);
    }
    pthread_mutex_unlock(&mailbox->lock);
    return status;
}

enum status mailbox_post(struct mailbox *mailbox, struct mail *mail) {
    return post(mailbox, mail, mailbox->capacity);
}

void mailbox_post_reserved(struct mailbox *mailbox, struct mail *mail) {
    (void)!post(mailbox, mail, SIZE_MAX);
}
