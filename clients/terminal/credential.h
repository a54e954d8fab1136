/* Who the user says to be: a token of an option, the environment or a file; or, with
 * a login, an access token that is renewed with a refresh token before it ends.
 * Tokens are overwritten when they are done with. Thread: main. */
#ifndef PF_TERMINAL_CREDENTIAL_H
#define PF_TERMINAL_CREDENTIAL_H

#include "terminal/job.h"
#include "terminal/options.h"
#include "terminal/rest.h"

struct credential;

/* job: what renewals run on. Its end, which waits for the last of them, comes before the credential's. */
PF_MUST_CHECK enum status credential_create(const struct options *options, struct job *job,
                                            struct credential **ret_credential);
void credential_destroy(struct credential *credential);

/* With --login: asks for the password, on the terminal or as a line of standard
 * input, and logs in; waits. INVALID: refused, UNAVAILABLE: the server is away, with
 * why in *ret_error (from the server: not fit for a terminal). */
PF_MUST_CHECK enum status credential_log_in(struct credential *credential, const char **ret_error);
/* A renewal that is under way has a second left: for who is about to destroy the job. */
void credential_cancel(struct credential *credential);
/* With --login: ends the session; waits, for two seconds at most. The job is destroyed by now. */
void credential_log_out(struct credential *credential);

/* The token to use now; NULL: none, with why in *ret_error if there should be one.
 * Valid until the next call. A file is read anew. */
const char *credential_token(struct credential *credential, const char **ret_error);

/* Is another token to be had by renewing, and is it time (or was this one refused)?
 * Then a renewal begins (or is under way); credential_renewed is due when the job is done. */
bool credential_renew(struct credential *credential, bool is_refused);
/* Takes what the job brought. INVALID: the session is over. UNAVAILABLE: not now. */
PF_MUST_CHECK enum status credential_renewed(struct credential *credential);

#endif
