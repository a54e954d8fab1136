/* The archivist: a thread for the price archive's blocking calls, so that a
 * database that hangs never holds up a price.
 *
 * The poller asks, goes on, and takes the result when it is there; one request
 * of each kind is under way at most, and they are worked off in the order of
 * asking. Thread: the poller's, unless marked. */
#ifndef PF_FEED_ARCHIVIST_H
#define PF_FEED_ARCHIVIST_H

#include "feed/poller.h"

#include <stdbool.h>

struct archivist;

/* on_done (any thread) says that a result may be taken. The archive must
 * outlive the archivist. Thread: main. */
PF_MUST_CHECK enum status archivist_create(const struct price_archive *archive, void (*on_done)(void *context),
                                           void *context, struct archivist **ret_archivist);
/* Works off what was asked for first. */
void archivist_destroy(struct archivist **archivist);

/* False: one of this kind is under way, or its result was not taken yet. */
bool archivist_ask_held(struct archivist *archivist);
bool archivist_ask_prices(struct archivist *archivist);
bool archivist_ask_usage(struct archivist *archivist);
/* Copies the quotes. */
bool archivist_ask_save(struct archivist *archivist, const struct quote *quotes, size_t n);
bool archivist_ask_save_usage(struct archivist *archivist, const struct provider_usage *usages, size_t n);
/* Copies the symbols. */
bool archivist_ask_listed(struct archivist *archivist, const struct symbol *symbols, size_t n);
bool archivist_can_save(struct archivist *archivist);

/* True once for each result; what it points to is malloc'd and the caller's. */
bool archivist_take_held(struct archivist *archivist, enum status *ret_status, struct symbol **ret_symbols,
                         size_t *ret_n);
bool archivist_take_prices(struct archivist *archivist, enum status *ret_status, struct quote **ret_quotes,
                           size_t *ret_n);
bool archivist_take_save(struct archivist *archivist, enum status *ret_status);
bool archivist_take_usage(struct archivist *archivist, enum status *ret_status, struct provider_usage **ret_usages,
                          size_t *ret_n);
/* Those of the symbols that are listed. */
bool archivist_take_listed(struct archivist *archivist, enum status *ret_status, struct symbol **ret_symbols,
                           size_t *ret_n);
bool archivist_take_save_usage(struct archivist *archivist, enum status *ret_status);

/* Waits until nothing is under way (results stay to be taken). */
void archivist_wait(struct archivist *archivist);

#endif
