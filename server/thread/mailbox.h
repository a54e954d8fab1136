/* Mailbox of an event loop: any thread posts, the loop's thread dispatches.
 *
 * Posting splices a message under a lock and wakes the loop by ev_async_send;
 * the loop takes the whole list under the lock and dispatches outside it, in
 * the order of posting. Bounded: a full mailbox refuses (STATUS_LIMIT), the
 * message stays the caller's. mailbox_post_reserved never refuses: it is for
 * completions of work whose number is bounded already. */
#ifndef PF_THREAD_MAILBOX_H
#define PF_THREAD_MAILBOX_H

#include "base/list.h"
#include "base/status.h"

#include <stddef.h>

struct ev_loop;
struct mailbox;

/* Embedded in the message. `dispatch` runs on the loop's thread and owns the
 * message from then on. `discard` (may be NULL) runs instead when the mailbox
 * is destroyed with the message still in it. */
struct mail {
    struct list_link link;
    void (*dispatch)(struct mail *mail);
    void (*discard)(struct mail *mail);
};

/* Thread: the loop's. The mailbox's watcher is unreferenced: it does not keep
 * the loop's ev_run from ending by itself. */
PF_MUST_CHECK enum status mailbox_create(struct ev_loop *loop, size_t capacity, struct mailbox **ret_mailbox);
/* Discards what is left. No other thread may post any more. */
void mailbox_destroy(struct mailbox **mailbox);

/* Thread: any. */
PF_MUST_CHECK enum status mailbox_post(struct mailbox *mailbox, struct mail *mail);
void mailbox_post_reserved(struct mailbox *mailbox, struct mail *mail);

#endif
