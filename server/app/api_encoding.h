/* The gzip coding of responses. Private to api_call.c. Thread: L. */
#ifndef PF_APP_API_ENCODING_H
#define PF_APP_API_ENCODING_H

#include "app/api_call.h"

#define API_ENCODING_TAG "-gzip" /* at the end of the entity tag of what is gzipped */

/* Whether the body, also one that a 304 leaves out, is large enough that the answer
 * depends on Accept-Encoding. */
bool api_encoding_varies(const struct api_call *call);
/* Packs the body, when the client takes that and it is worth it, into
 * call->packed. True: it is large, a worker does it, and api_call_send follows. */
bool api_encoding_begin(struct api_call *call);

/* Workers for what is too long to be packed on a loop. */
PF_MUST_CHECK enum status api_encoding_create_workers(struct worker_pool **ret_packers);

#endif
