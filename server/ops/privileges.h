/* What the process may do: as little as serving needs. Thread: main. */
#ifndef PF_OPS_PRIVILEGES_H
#define PF_OPS_PRIVILEGES_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PRIVILEGES_GROUPS_MAX 256

/* Before the first thread: no program that is run gains rights, and, unless they
 * are wanted, no core dump and no debugger of the same user: keys are in memory. */
void privileges_harden(bool has_core_dumps);

/* Whether privileges_drop would know the user. */
PF_MUST_CHECK enum status privileges_check(const char *user, char *error, size_t error_len);

/* Root as this user for a while, for its files; as anybody else, or for "", nothing changes. Before the first thread.
 */
struct privileges_lent {
    bool is_lent;
    gid_t gid;
    int groups_n;
    gid_t groups[PRIVILEGES_GROUPS_MAX];
};
PF_MUST_CHECK enum status privileges_lend(const char *user, struct privileges_lent *ret_lent, char *error,
                                          size_t error_len);
PF_MUST_CHECK enum status privileges_return(const struct privileges_lent *lent, char *error, size_t error_len);

/* From root to this user, in every thread, with its groups only and no way back.
 * "": stays who it is, with a warning when that is root. */
PF_MUST_CHECK enum status privileges_drop(const char *user, char *error, size_t error_len);

#endif
