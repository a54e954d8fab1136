/* The messages of pf:events that carry no number and are about asking for
 * fresh prices, about the prices of an epoch being complete, and about who may
 * do what:
 *
 *   {"ask":["AAPL",…]}       somebody needs fresh prices of these: the leader's
 *                            poller asks its providers at once
 *   {"answered":[{"symbol":"AAPL","status":"fresh"},…]}
 *                            what became of it, behind the numbered event that
 *                            carries the price, should it have changed: fresh,
 *                            unknown (no provider has it), throttled (the
 *                            providers' limits forbid it now), refused (they
 *                            do not take the key, or the plan does not include
 *                            it), failed (they gave no price that can be
 *                            used), unavailable (no answer in time)
 *   {"forget":["AAPL",…]}    the leader forgets that these were confirmed;
 *                            [] = every symbol
 *   {"restored":"<epoch>"}   the leader has published the last known prices of
 *                            this epoch: nothing is left to wait for
 *   {"access":"<uuid>"}      what this user, this credential or the viewers of
 *                            this portfolio may do has changed in the database
 *
 * Each is one JSON object with exactly this member; at most BUS_ASK_MAX
 * elements. They are best effort: who asks also has a deadline.
 * Thread: any; pure; fuzzed. */
#ifndef PF_FEED_ASK_CODEC_H
#define PF_FEED_ASK_CODEC_H

#include "base/strbuf.h"
#include "feed/quote_codec.h"

#include <jansson.h>

void bus_ask_write_json(struct strbuf *out, const struct symbol *symbols, size_t n);
void bus_forget_write_json(struct strbuf *out, const struct symbol *symbols, size_t n);
void bus_answered_write_json(struct strbuf *out, const struct answered_symbol *answers, size_t n);
void bus_restored_write_json(struct strbuf *out, const struct bus_epoch *epoch);
void bus_access_write_json(struct strbuf *out, const struct uuid *subject);

/* root: an object of json_exact_parse. INVALID: none of these messages, or not
 * exactly of its form. */
PF_MUST_CHECK enum status ask_message_read(const json_t *root, struct bus_message *ret_message);

#endif
