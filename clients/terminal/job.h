/* Work that waits for somebody else (a name server, a REST request), done on a
 * thread beside the loop: one piece at a time. Thread: main; the work runs on the
 * job's own. */
#ifndef PF_TERMINAL_JOB_H
#define PF_TERMINAL_JOB_H

#include "base/status.h"

#include <stdbool.h>

struct job;

/* work(argument) runs on the thread; nobody else touches the argument meanwhile. */
PF_MUST_CHECK enum status job_create(struct job **ret_job);
/* Waits for the work that is under way. */
void job_destroy(struct job *job);
bool job_is_running(const struct job *job);
/* LIMIT: one is under way. */
PF_MUST_CHECK enum status job_start(struct job *job, void (*work)(void *argument), void *argument);
/* Readable when the work is done; then job_finish. */
int job_fd(const struct job *job);
/* True when a piece of work is done, once for each. */
bool job_finish(struct job *job);

#endif
