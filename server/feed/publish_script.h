/* A call of the publish script, and its answer: shared by the loop's bus and
 * the poller's publisher. Thread: any; no I/O. */
#ifndef PF_FEED_PUBLISH_SCRIPT_H
#define PF_FEED_PUBLISH_SCRIPT_H

#include "feed/bus.h"

#include <hiredis/hiredis.h>

/* The arguments of EVALSHA or EVAL; one block of memory. */
struct publish_call {
    int argc;
    const char **argv;
    size_t *argv_len;
    char *text; /* what argv points into */
};

#define PUBLISH_SHA_LEN 40

/* STATUS_INVALID: a quote that no bus takes, or too many; the detail says which. */
PF_MUST_CHECK enum status publish_call_create(const struct quote *quotes, size_t n, bool keep_previous_close,
                                              uint64_t fence, struct publish_call *ret_call, char *detail,
                                              size_t detail_len);
void publish_call_fini(struct publish_call *call);
/* By its hash (the result of SCRIPT LOAD), or by its text where Redis does not know it. */
void publish_call_use_sha(struct publish_call *call, const char *sha);
void publish_call_use_text(struct publish_call *call);

/* The script's text, for SCRIPT LOAD. */
const char *publish_script_text(size_t *ret_len);

/* True when the answer says that Redis does not know the hash. */
bool publish_reply_is_noscript(const redisReply *reply);
/* NULL: the connection was lost, so the outcome is unknown. Another error of
 * Redis: UNAVAILABLE with its text. */
void publish_reply_read(const redisReply *reply, struct bus_published *ret_published);

/* pf:bus as HGETALL answers it; epoch "" when it is missing. */
PF_MUST_CHECK enum status bus_reply_read_position(const redisReply *reply, struct bus_epoch *ret_epoch,
                                                  uint64_t *ret_seq);
/* The epoch that pf:bus, as HGETALL answers it, says is complete; false: none. */
bool bus_reply_read_restored(const redisReply *reply, struct bus_epoch *ret_epoch);
/* pf:quotes as HGETALL answers it; malloc'd. Values that cannot be read are
 * left out, counted and logged. */
PF_MUST_CHECK enum status bus_reply_read_quotes(const redisReply *reply, struct numbered_quote **ret_quotes,
                                                size_t *ret_n);
/* {HGETALL pf:bus, HGETALL pf:quotes, …} as EXEC answers it. */
PF_MUST_CHECK enum status bus_reply_read_book(const redisReply *reply, struct bus_epoch *ret_epoch, uint64_t *ret_seq,
                                              struct numbered_quote **ret_quotes, size_t *ret_n);

#endif
