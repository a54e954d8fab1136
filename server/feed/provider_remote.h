/* A provider that is asked over HTTP: what it can be asked for, how a request is
 * written, how an answer is taken apart.
 *
 * Writing and parsing are pure; an answer is classified by its body before its
 * status. One file a vendor, provider_<name>.c; its parsers are fuzzed.
 * Thread: created on main, then the poller's; the parsers any. */
#ifndef PF_FEED_PROVIDER_REMOTE_H
#define PF_FEED_PROVIDER_REMOTE_H

#include "feed/provider.h"
#include "feed/provider_history.h"
#include "feed/provider_settings.h"
#include "feed/quota.h"

#define PROVIDER_BATCH_MAX 100
#define PROVIDER_PAUSE_DAY (-1) /* until the day's quota begins anew */

/* What a provider is asked for. Entitlement is a plan's matter and differs from
 * one to the next. */
enum provider_function {
    PROVIDER_BULK_QUOTES,  /* shares, many in a request */
    PROVIDER_QUOTES,       /* shares */
    PROVIDER_CRYPTO,       /* BTC-USD */
    PROVIDER_RATES,        /* EUR/USD */
    PROVIDER_FULL_HISTORY, /* daily bars over years, with splits and dividends */
    PROVIDER_HISTORY,
    PROVIDER_SPLITS, /* of shares, of those whose histories have none: a request of their own */
    PROVIDER_DIVIDENDS,
    PROVIDER_FUNCTIONS_N
};
const char *provider_function_name(enum provider_function function);

enum provider_verdict {
    PROVIDER_QUOTE,          /* the question was answered */
    PROVIDER_UNKNOWN_SYMBOL, /* not asked again for a long time */
    PROVIDER_THROTTLED,      /* back off */
    PROVIDER_NOT_ENTITLED,   /* the function is off */
    PROVIDER_INVALID_KEY,    /* the provider is off */
    PROVIDER_MALFORMED,      /* the answer is of no known form */
    PROVIDER_FAILED,         /* the network, or an error of the server */
    PROVIDER_REFUSED_PRICE   /* a price of zero, below, or unreadable */
};
const char *provider_verdict_name(enum provider_verdict verdict);

struct provider_query {
    enum provider_function function;
    const struct symbol *symbols;
    size_t n;         /* 1 for histories */
    int32_t from, to; /* of histories: the days, both included */
    int64_t wall_ms;  /* now */
};

struct provider_body {
    long http_status;
    const char *text;
    size_t len;
};

struct provider_result {
    enum provider_verdict verdict; /* QUOTE, UNKNOWN_SYMBOL, REFUSED_PRICE or MALFORMED */
    const char *reason;            /* a static text, "" with QUOTE */
    struct quote quote;
};

struct provider_answer {
    /* QUOTE: each symbol of the query has its own result. Anything else holds
     * for all of them; UNKNOWN_SYMBOL of several: for one of them at least. */
    enum provider_verdict verdict;
    const char *reason; /* a static text: nothing of a body, which may repeat a key */
    int64_t pause_ms;   /* of THROTTLED: as the body says; 0 = not said; PROVIDER_PAUSE_DAY */
    struct provider_result results[PROVIDER_BATCH_MAX];
};

struct provider_request {
    struct strbuf url;
    struct strbuf header; /* one line, or empty */
};

struct provider_remote_ops {
    size_t batch_max[PROVIDER_FUNCTIONS_N]; /* symbols a request; 0: it has not the function */
    const char *quota;                      /* unless set: the vendor's free limits, or what is polite */
    int64_t interval_ms;                    /* what it says changes no more often; 0: asked each POLL_INTERVAL_MS */
    bool needs_key;
    bool history_has_splits; /* its bars come with them, today's too */
    bool publishes_rates;    /* its history of any rate has the rates of all currencies */
    void (*write_request)(const struct provider *provider, const struct provider_query *query,
                          struct provider_request *out);
    void (*parse)(const struct provider_query *query, const struct provider_body *body,
                  struct provider_answer *ret_answer);
    /* verdict QUOTE: the history is filled, the caller's to fini. Else reason says why. */
    void (*parse_history)(const struct provider_query *query, const struct provider_body *body,
                          struct provider_history *ret_history, struct provider_answer *ret_answer);
};

/* Of a REMOTE provider, first in its memory. */
struct provider_remote {
    struct provider provider; /* first */
    struct quota_limits quota;
    char *base_url; /* without a slash at its end */
    char *key;      /* "" = none; never logged, never shown */
};
static inline const struct provider_remote *provider_remote_of(const struct provider *provider) {
    return (const struct provider_remote *)(const void *)provider;
}

/* A setting it cannot work with: INVALID with a text that names it by `prefix`
 * (ALPHAVANTAGE), without its value. */
PF_MUST_CHECK enum status provider_remote_create(const struct provider_ops *ops, const char *prefix,
                                                 const struct provider_settings *settings,
                                                 struct provider **ret_provider, char *error, size_t error_len);
void provider_remote_destroy(struct provider *provider);

/* The functions that ask for a price of the symbol, in order of preference. */
size_t provider_price_functions(const struct symbol *symbol, enum provider_function ret_functions[2]);

extern const struct provider_ops provider_alphavantage_ops, provider_polygon_ops, provider_finnhub_ops,
    provider_yahoo_ops, provider_coinbase_ops, provider_kraken_ops, provider_ecb_ops;

#endif
