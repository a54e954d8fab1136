/* The settings of the providers that are asked over HTTP: one row a vendor,
 * X(NAME, field): NAME_URL, NAME_QUOTA and, of those with a key, NAME_API_KEY. Massive is
 * Polygon under its new name.
 * Thread: main; read-only afterwards. */
#ifndef PF_FEED_PROVIDER_SETTINGS_H
#define PF_FEED_PROVIDER_SETTINGS_H

#define PROVIDER_VENDORS(X)                                                                                            \
    X(ALPHAVANTAGE, alphavantage)                                                                                      \
    X(POLYGON, polygon)                                                                                                \
    X(MASSIVE, massive)                                                                                                \
    X(FINNHUB, finnhub)                                                                                                \
    X(YAHOO, yahoo)                                                                                                    \
    X(COINBASE, coinbase)                                                                                              \
    X(KRAKEN, kraken)                                                                                                  \
    X(ECB, ecb)

enum provider_vendor {
#define VENDOR_ROW(name, field) VENDOR_##name,
    PROVIDER_VENDORS(VENDOR_ROW)
#undef VENDOR_ROW
        VENDORS_N
};

struct provider_settings {
    const char *url;   /* http:// or https:// */
    const char *key;   /* NULL or "" = none */
    const char *quota; /* "5/min,25/day"; NULL or "" = the provider's own */
};

#endif
