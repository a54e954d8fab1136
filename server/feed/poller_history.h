/* How the historian asks the poller's providers: which one may be asked now, and
 * what its answer means for it. Prices come first: history leaves them half of
 * every quota. Thread: the historian's, but for poller_is_leading (any). */
#ifndef PF_FEED_POLLER_HISTORY_H
#define PF_FEED_POLLER_HISTORY_H

#include "feed/http_fetch.h"
#include "feed/poller.h"
#include "feed/provider_remote.h"

bool poller_is_leading(const struct poller *poller);

struct history_choice {
    size_t index; /* of the provider, in order of preference */
    const struct provider *provider;
    enum provider_function function;
};

/* OK: the choice may be asked now; its request is counted. UNAVAILABLE: nobody now, but in
 * *ret_wait_ms. NOT_FOUND: nobody has the symbol's history, but those in refused_mask (by index). */
PF_MUST_CHECK enum status poller_history_choose(struct poller *poller, const struct symbol *symbol,
                                                unsigned refused_mask, struct history_choice *ret_choice,
                                                int64_t *ret_wait_ms);
/* The same for splits, of who has them. */
PF_MUST_CHECK enum status poller_history_choose_splits(struct poller *poller, const struct symbol *symbol,
                                                       unsigned refused_mask, struct history_choice *ret_choice,
                                                       int64_t *ret_wait_ms);
/* The same of one provider, by another of its functions. NOT_FOUND: it has that not, or not any more. */
PF_MUST_CHECK enum status poller_history_choose_also(struct poller *poller, const struct history_choice *of,
                                                     enum provider_function function, const struct symbol *symbol,
                                                     struct history_choice *ret_choice, int64_t *ret_wait_ms);
/* The same for the exchange rates' days. NOT_FOUND: nobody publishes them. */
PF_MUST_CHECK enum status poller_history_choose_rates(struct poller *poller, struct history_choice *ret_choice,
                                                      int64_t *ret_wait_ms);
/* Exactly once for each choice. */
void poller_history_answered(struct poller *poller, const struct history_choice *choice,
                             const struct provider_query *query, const struct provider_answer *answer,
                             const struct http_answer *http);

#endif
