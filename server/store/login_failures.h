/* How often logging in has failed, by e-mail address and by where it came from:
 * what slows down who tries passwords. An attempt counts as failed before the
 * password is looked at, so that many at once gain nothing by it; who was right
 * has it taken back. An e-mail address that nobody has is counted like any other.
 * Thread: W (blocking). */
#ifndef PF_STORE_LOGIN_FAILURES_H
#define PF_STORE_LOGIN_FAILURES_H

#include "store/db.h"

/* From so many failures on, 1, 2, 4, … s must pass before the next attempt, at most LOGIN_LOCK_MAX_S. Many people may
 * share an address. After LOGIN_FORGET_S without an attempt the count begins anew. */
#define LOGIN_FREE_OF_EMAIL 5
#define LOGIN_FREE_OF_PEER 20
#define LOGIN_LOCK_MAX_S 900
#define LOGIN_FORGET_S 3600

struct login_attempt {
    const char *email; /* in any case */
    const char *peer;  /* an address, or an IPv6 site */
};

/* STATUS_LIMIT: not now, in *ret_wait_s seconds (at least 1); nothing was counted. */
PF_MUST_CHECK enum status login_failures_begin(struct db *db, const struct login_attempt *attempt, int64_t *ret_wait_s);
/* It did not fail. was_right: the count of the e-mail address begins anew; else (the attempt was not judged) both
 * counts go back by one. */
PF_MUST_CHECK enum status login_failures_take_back(struct db *db, const struct login_attempt *attempt, bool was_right);

#endif
