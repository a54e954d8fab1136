/* Coinbase Exchange over REST, without a key: one product a request. Knows
 * only BASE-QUOTE symbols. Thread: the poller's. */
#include "feed/provider.h"
#include "feed/provider_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct provider_coinbase {
    struct provider provider; /* first */
    char base_url[];          /* without a slash at its end */
};

/* Letters and digits, a dash, three letters. */
static bool coinbase_knows(const struct provider *provider, const struct symbol *symbol) {
    struct currency currency;
    (void)provider;
    if (strpbrk(symbol->text, "/._:=^") || !strchr(symbol->text, '-'))
        return false;
    return symbol_pair_currency(symbol, &currency) == STATUS_OK;
}

static void coinbase_write_url(const struct provider *provider, const struct symbol *symbol, struct strbuf *out) {
    const struct provider_coinbase *it = (const struct provider_coinbase *)(const void *)provider;
    strbuf_append_text(out, it->base_url);
    STRBUF_LITERAL(out, "/products/");
    strbuf_append(out, symbol->text, symbol->len);
    STRBUF_LITERAL(out, "/ticker");
}

static void coinbase_parse(const struct provider *provider, const struct symbol *symbol, long http_status,
                           const char *body, size_t len, struct provider_answer *ret_answer) {
    (void)provider;
    provider_parse_coinbase_ticker(symbol, http_status, body, len, ret_answer);
}

static void coinbase_destroy(struct provider *provider) {
    free(provider);
}

enum status provider_coinbase_create(const char *base_url, struct provider **ret_provider) {
    /* The vendor allows 10 a second from an address; half of it is polite. */
    static const struct provider_ops ops = {.name = "coinbase",
                                            .kind = PROVIDER_REMOTE,
                                            .quota = {{[QUOTA_SECOND] = 5}},
                                            .knows = coinbase_knows,
                                            .destroy = coinbase_destroy,
                                            .write_url = coinbase_write_url,
                                            .parse = coinbase_parse};
    if (strncmp(base_url, "https://", 8) != 0 && strncmp(base_url, "http://", 7) != 0)
        return STATUS_INVALID;
    size_t len = strlen(base_url);
    while (base_url[len - 1] == '/')
        len--;
    struct provider_coinbase *it = calloc(1, sizeof *it + len + 1);
    if (!it)
        return STATUS_NO_MEMORY;
    it->provider.ops = &ops;
    (void)snprintf(it->base_url, len + 1, "%s", base_url); /* cuts the slashes off */
    *ret_provider = &it->provider;
    return STATUS_OK;
}
