/* The keys of the outside identity provider: a thread of its own fetches the JWK
 * Set, again each refresh_ms, after a failure sooner, and when a token names a key
 * that is not in it, but then at most once in refetch_ms. The last set that came
 * serves until a newer one does. Refuses redirects, answers that are not 200 with
 * a JWK Set of at most KEY_SET_BYTES_MAX, and http: beyond this machine.
 * Thread: any, but create, start, stop and destroy (main). */
#ifndef PF_APP_KEY_SET_SOURCE_H
#define PF_APP_KEY_SET_SOURCE_H

#include "base/clock.h"
#include "identity/key_set.h"

#include <stdbool.h>
#include <stdint.h>

#define KEY_SET_REFETCH_MS 30000

struct key_set_source;

struct key_set_source_config {
    const char *url; /* outlives the source */
    int64_t refresh_ms, refetch_ms;
    const struct clock *clock; /* the monotonic reading; of any thread */
};

/* Whether it is https:, or http: to this machine (127.0.0.0/8, ::1, localhost). */
bool key_set_source_url_is_taken(const char *url);

PF_MUST_CHECK enum status key_set_source_create(const struct key_set_source_config *config,
                                                struct key_set_source **ret_source);
PF_MUST_CHECK enum status key_set_source_start(struct key_set_source *source);
void key_set_source_begin_stop(struct key_set_source *source);
void key_set_source_destroy(struct key_set_source **source); /* waits for the thread; NULL does nothing */

/* A reference to the last set; NULL: none came yet. */
struct key_set *key_set_source_current(struct key_set_source *source);
/* A token names a key that is not there. True: it is being asked for, so that a
 * later try may find it; false: it was asked for just now. */
bool key_set_source_want(struct key_set_source *source);

#endif
