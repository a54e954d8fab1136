/* Files of bars and ticks, plain or gzip: a file that is taken plays to its end
 * with legal quotes, no symbol twice in a batch, times in order. */
#include "feed/provider.h"
#include "feed/quote_ledger.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void play(struct provider *provider) {
    const struct quote *quotes;
    size_t n, quotes_n = 0;
    int64_t last_ms = INT64_MIN;
    char detail[128];
    /* An input of a few kB cannot hold more. */
    while (quotes_n < 100000 && provider->ops->next(provider, 0, 1, &quotes, &n) == STATUS_OK) {
        FUZZ_CHECK(n > 0);
        FUZZ_CHECK(quote_batch_check(quotes, n, detail, sizeof detail) == STATUS_OK);
        FUZZ_CHECK(quotes[0].source_time_ms >= last_ms);
        last_ms = quotes[0].source_time_ms;
        for (size_t i = 0; i < n; i++) {
            FUZZ_CHECK(quotes[i].source_time_ms == last_ms);
            for (size_t j = 0; j < i; j++)
                FUZZ_CHECK(!symbol_equal(&quotes[i].symbol, &quotes[j].symbol));
        }
        quotes_n += n;
        provider->ops->accept(provider);
    }
    FUZZ_CHECK(provider->ops->next_due_ms(provider, 0) == INT64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64], error[256] = "";
    struct provider *provider;
    int fd = memfd_create("replay", 0);
    if (fd < 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (write(fd, data, size) == (ssize_t)size) {
        if (provider_replay_create(path, 0, &provider, error, sizeof error) == STATUS_OK) {
            play(provider);
            provider->ops->destroy(provider);
        } else {
            FUZZ_CHECK(error[0] != '\0');
        }
    }
    close(fd);
    return 0;
}
