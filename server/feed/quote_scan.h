/* The canonical texts of the bus, read without building a tree: what our own
 * publish script writes, members in its order, no white space, no escapes. A
 * loop reads every event, so this is on the path of each quote.
 *
 * A scan says yes or "not canonical", never "wrong": whatever is not of this
 * one form goes to the general parser (quote_codec.c), which alone refuses. A
 * fuzz target compares the two. Thread: any; pure; fuzzed. */
#ifndef PF_FEED_QUOTE_SCAN_H
#define PF_FEED_QUOTE_SCAN_H

#include "feed/quote_codec.h"

/* An event; false: not canonical, or no memory. */
bool quote_scan_event(const char *text, size_t len, struct bus_message *ret_message);
/* A value of pf:quotes. */
bool quote_scan_stored(const char *text, size_t len, struct numbered_quote *ret_quote);

#endif
