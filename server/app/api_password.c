/* Passwords on threads of their own. Refuses more than QUEUE_CAPACITY at once.
 * Thread: L, but for task_run, which runs on the pool's threads. */
#include "app/api_password.h"

#include "identity/password.h"
#include "ops/metrics.h"
#include "thread/worker.h"

#include <stdio.h>
#include <string.h>

#define QUEUE_CAPACITY 64

void password_task_fini(struct password_task *task) {
    explicit_bzero(task, sizeof *task);
}

static struct password_cost cost_of(const struct config *config) {
    return (struct password_cost){.ops = (unsigned)config->password_ops,
                                  .memory_kib = (size_t)config->password_memory_kib};
}

static enum status text_hash(const char *text, const struct password_cost *cost, char out[PASSWORD_HASH_TEXT_MAX + 1]) {
    metrics_increment(METRIC_PASSWORD_HASHES);
    return password_hash(text, strlen(text), cost, out);
}

void password_task_run(struct password_task *task, const struct config *config) {
    struct password_cost cost = cost_of(config);
    task->status = STATUS_OK;
    task->is_right = !task->is_compared;
    task->new_hash[0] = '\0';
    if (task->is_compared) {
        metrics_increment(METRIC_PASSWORD_HASHES);
        task->status = password_verify(task->with_hash, task->text, strlen(task->text), &cost, &task->is_right);
    }
    if (task->status != STATUS_OK || !task->is_right)
        return;
    if (task->new_text[0])
        task->status = text_hash(task->new_text, &cost, task->new_hash);
    else if (task->is_compared && password_is_outdated(task->with_hash, &cost))
        task->status = text_hash(task->text, &cost, task->new_hash);
}

void password_judge(struct problem *problem, const char *field, const char *password, const char *email) {
    const char *reason = password_reason_against(password, strlen(password), email);
    if (reason)
        problem_add_field(problem, field, ERROR_INVALID_FIELD, "%s", reason);
}

enum status api_password_create_workers(const struct config *config, struct worker_pool **ret_pool) {
    struct worker_pool_config pool_config = {
        .name = "password", .workers_n = (size_t)config->password_workers, .queue_capacity = QUEUE_CAPACITY};
    return worker_pool_create(&pool_config, ret_pool);
}

void api_password_refuse_busy(struct api_call *call) {
    metrics_increment(METRIC_PASSWORDS_REFUSED);
    api_call_refuse_with(call, ERROR_UNAVAILABLE, "Too many passwords wait to be looked at");
}

bool api_password_has_room(struct api_call *call) {
    struct worker_pool *pool = *call->api->passwords;
    if (pool && worker_queue_length(pool) < QUEUE_CAPACITY)
        return true;
    api_password_refuse_busy(call);
    return false;
}

static void task_run(struct worker_job *job, void *state) {
    struct api_call *call = (struct api_call *)(void *)job;
    (void)state;
    /* A queue of them may be seconds of work, which a stop does not have. */
    if (atomic_load(call->api->stop_at) != 0)
        call->password->status = STATUS_CANCELLED;
    else
        password_task_run(call->password, call->api->config);
}

static void on_done(struct worker_job *job) {
    struct api_call *call = (struct api_call *)(void *)job;
    if (atomic_load(&job->is_cancelled))
        api_call_fail(call, STATUS_CANCELLED, "");
    else
        call->done(call);
}

bool api_password_submit(struct api_call *call, struct password_task *task, void (*done)(struct api_call *call)) {
    struct worker_job *job = &call->job.job;
    struct worker_pool *pool = *call->api->passwords;
    call->password = task;
    call->done = done;
    job->run = task_run;
    job->done = on_done;
    job->reply_to = call->api->mailbox;
    job->again_ms = 0;
    atomic_init(&job->is_cancelled, false);
    return pool && worker_submit(pool, job) == STATUS_OK;
}
