/* Hashing passwords for a request: takes a tenth of a second and much memory, so
 * it is done by threads of its own, and who comes when too many wait is told to come
 * again. Each task is one hash for what is compared and one for what is new, whoever
 * asks: a user that nobody knows is compared with a hash that nobody's password
 * makes. Thread: L, but for password_task_run. */
#ifndef PF_APP_API_PASSWORD_H
#define PF_APP_API_PASSWORD_H

#include "app/api_call.h"
#include "app/form_account.h"
#include "ops/config.h"
#include "store/users.h"

struct worker_pool;

struct password_task {
    /* What is asked: */
    bool is_compared;                 /* with_hash; "" there is nobody's */
    char text[FORM_PASSWORD_MAX + 1]; /* the one that is compared */
    char with_hash[PASSWORD_HASH_TEXT_MAX + 1];
    char new_text[FORM_PASSWORD_MAX + 1]; /* "": none; else hashed, if the comparison was right */
    /* What came of it: */
    enum status status; /* NO_MEMORY, or what stopped it */
    bool is_right;
    char new_hash[PASSWORD_HASH_TEXT_MAX + 1]; /* of new_text; or of text again, by today's settings; "": none */
};

/* Overwrites what is secret in it. */
void password_task_fini(struct password_task *task);
/* Does it, here. Thread: any that may take its time. */
void password_task_run(struct password_task *task, const struct config *config);

/* Names what is wrong with a new password of this user. */
void password_judge(struct problem *problem, const char *field, const char *password, const char *email);

PF_MUST_CHECK enum status api_password_create_workers(const struct config *config, struct worker_pool **ret_pool);
/* True when a password would be taken now; else the call was answered. */
bool api_password_has_room(struct api_call *call);
/* `task` on a thread of its own, then `done` here. The task lives as long as the
 * call. False: too many wait, and done does not come; the caller answers. */
bool api_password_submit(struct api_call *call, struct password_task *task, void (*done)(struct api_call *call));
/* 503: ask again. */
void api_password_refuse_busy(struct api_call *call);

#endif
