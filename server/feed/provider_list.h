/* PROVIDERS: names in order of preference, made into providers. Thread: main. */
#ifndef PF_FEED_PROVIDER_LIST_H
#define PF_FEED_PROVIDER_LIST_H

#include "feed/poll_table.h"
#include "feed/poller.h"
#include "feed/provider.h"

struct provider_list {
    struct provider *providers[POLL_PROVIDERS_MAX];
    size_t n;
};

/* "none": an empty list. An unknown name, one that comes twice, a setting that
 * a provider cannot work with: INVALID and so on, with a text in error. */
PF_MUST_CHECK enum status provider_list_create(const struct poller_config *config, struct provider_list *ret_list,
                                               char *error, size_t error_len);
void provider_list_destroy(struct provider_list *list);

#endif
