/* Finds out whether the server's name has an address, beside the loop: a name server
 * that does not answer must not stop the keys. The connection asks again, and gets
 * the answer at once. Thread: main. */
#ifndef PF_TERMINAL_RESOLVER_H
#define PF_TERMINAL_RESOLVER_H

#include "base/status.h"
#include "terminal/server_url.h"

#include <stdbool.h>

struct resolver;

PF_MUST_CHECK enum status resolver_create(const struct server_url *server_url, struct resolver **ret_resolver);
/* False: it is still under way and can be neither stopped nor waited for: the process has to end without it. */
bool resolver_destroy(struct resolver *resolver);
/* Begins one, unless one is under way. IO: it cannot. */
PF_MUST_CHECK enum status resolver_start(struct resolver *resolver);
/* Readable when it is done; then resolver_finish, true once for each, with *ret_error NULL: there is an address. */
int resolver_fd(const struct resolver *resolver);
bool resolver_finish(struct resolver *resolver, const char **ret_error);

#endif
