/* Work that waits for somebody else (a name server, a REST request), done on a
 * thread beside the loop: one piece at a time. Thread: main; the work runs on the
 * errand's own. */
#ifndef PF_TERMINAL_ERRAND_H
#define PF_TERMINAL_ERRAND_H

#include "base/status.h"

#include <stdbool.h>

struct errand;

/* work(argument) runs on the thread; nobody else touches the argument meanwhile. */
PF_MUST_CHECK enum status errand_create(struct errand **ret_errand);
/* Waits for the work that is under way. */
void errand_destroy(struct errand *errand);
bool errand_is_running(const struct errand *errand);
/* LIMIT: one is under way. */
PF_MUST_CHECK enum status errand_start(struct errand *errand, void (*work)(void *argument), void *argument);
/* Readable when the work is done; then errand_finish. */
int errand_fd(const struct errand *errand);
/* True when a piece of work is done, once for each. */
bool errand_finish(struct errand *errand);

#endif
