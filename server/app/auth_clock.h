/* When something is due for a connection's authentication: the end of patience
 * with nobody, `auth_expiring`, the end of a credential, the end of the grace
 * after it. Thread: L; pure. */
#ifndef PF_APP_AUTH_CLOCK_H
#define PF_APP_AUTH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define AUTH_TOLD_BEFORE_MS 60000
#define AUTH_NEVER INT64_MAX

struct auth_clock {
    int64_t tell_ms;  /* monotonic, as the next two; AUTH_NEVER: not, or done */
    int64_t over_ms;  /* the credential ends; AUTH_NEVER: not */
    int64_t close_ms; /* the connection does */
};

enum auth_due { AUTH_DUE_NOTHING, AUTH_DUE_TELL, AUTH_DUE_CLOSE };

/* Nobody has said who it is. */
void auth_clock_wait(struct auth_clock *clock, int64_t now_ms, int64_t timeout_ms);
/* A credential that ends in lasts_ms, which may be over; AUTH_NEVER: it does not end. */
void auth_clock_start(struct auth_clock *clock, int64_t now_ms, int64_t lasts_ms, int64_t grace_ms);

/* What is due by now; AUTH_DUE_TELL comes once. */
enum auth_due auth_clock_take(struct auth_clock *clock, int64_t now_ms);
/* When to ask again; AUTH_NEVER: there is no need to. */
int64_t auth_clock_next_ms(const struct auth_clock *clock);
/* The credential has ended; what is left is the grace. */
bool auth_clock_is_over(const struct auth_clock *clock, int64_t now_ms);

#endif
