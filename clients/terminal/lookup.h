/* Finds out whether the server's name has an address, beside the loop: a name server
 * that does not answer must not stop the keys. The connection asks again, and gets
 * the answer at once. Thread: main. */
#ifndef PF_TERMINAL_LOOKUP_H
#define PF_TERMINAL_LOOKUP_H

#include "base/status.h"
#include "terminal/target.h"

#include <stdbool.h>

struct lookup;

PF_MUST_CHECK enum status lookup_create(const struct target *target, struct lookup **ret_lookup);
/* False: it is still under way and can be neither stopped nor waited for: the process has to end without it. */
bool lookup_destroy(struct lookup *lookup);
/* Begins one, unless one is under way. IO: it cannot. */
PF_MUST_CHECK enum status lookup_start(struct lookup *lookup);
/* Readable when it is done; then lookup_finish, true once for each, with *ret_error NULL: there is an address. */
int lookup_fd(const struct lookup *lookup);
bool lookup_finish(struct lookup *lookup, const char **ret_error);

#endif
