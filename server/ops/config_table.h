/* Every setting: one row. T(field, NAME, default, help),
 * I(field, NAME, default, min, max, help), D like I in units of 1e-8. */
#ifndef PF_OPS_CONFIG_TABLE_H
#define PF_OPS_CONFIG_TABLE_H

/* clang-format off */
#define PF_CONFIG(T, I, D) \
    T(database_url, "DATABASE_URL", "", "PostgreSQL: a libpq URL or connection string (empty: libpq's PG* variables)") \
    T(redis_url, "REDIS_URL", "", "Redis: redis://[:password@]host:port[/db] or unix:///path (empty: in-process bus)") \
    T(host, "HOST", "127.0.0.1", "address to listen on") \
    I(port, "PORT", 8080, 0, 65535, "port to listen on (0: any free one, printed)") \
    T(tls_cert, "TLS_CERT", "", "PEM file of the certificate, the chain behind it (empty: no TLS); read again on SIGHUP") \
    T(tls_key, "TLS_KEY", "", "PEM file of its private key, without a passphrase; read again on SIGHUP") \
    I(tls_port, "TLS_PORT", 0, 0, 65535, "a second port, which speaks TLS, beside PORT, which then does not (0: PORT speaks TLS if TLS_CERT is given)") \
    I(hsts_s, "HSTS_S", 31536000, 0, 315360000, "over TLS browsers are told to use nothing else for this long, on any port (0: they are not)") \
    T(drop_user, "DROP_USER", "", "started as root, the process becomes this user once its ports are bound (empty: it stays who it is)") \
    I(core_dumps, "CORE_DUMPS", 0, 0, 1, "1: core dumps and debuggers are allowed; keys and passwords are in memory") \
    I(loops, "LOOPS", 1, 1, 64, "event loops, one thread each, on the one port") \
    I(workers, "WORKERS", 4, 1, 64, "database worker threads, one connection each") \
    I(statement_timeout_ms, "STATEMENT_TIMEOUT_MS", 5000, 100, 600000, "a database statement is cancelled after this") \
    I(lock_timeout_ms, "LOCK_TIMEOUT_MS", 50, 1, 600000, "a database job waits so long for a lock, then lets others go first and tries again") \
    I(report_workers, "REPORT_WORKERS", 1, 1, 64, "threads for what takes long (returns, history), one connection each") \
    I(report_timeout_ms, "REPORT_TIMEOUT_MS", 30000, 1000, 600000, "a database statement of theirs is cancelled after this") \
    I(report_deadline_ms, "REPORT_DEADLINE_MS", 30000, 100, 3600000, "a report that is not done this long after it was asked for is given up; what is computed is kept") \
    I(history_jobs_max, "HISTORY_JOBS_MAX", 100, 1, 100000, "history jobs that somebody asked for and that are not done, at most") \
    I(flush_ms, "FLUSH_MS", 50, 1, 60000, "at most one flush in this time; the first change goes at once") \
    D(max_rate, "MAX_RATE", 2000000000, 10000000, 100000000000, "deltas per second and subscription at most") \
    I(heartbeat_ms, "HEARTBEAT_MS", 15000, 100, 3600000, "a heartbeat after this much silence") \
    I(ping_s, "PING_S", 25, 1, 3600, "a WebSocket ping after this much silence of the client") \
    I(stall_timeout_s, "STALL_TIMEOUT_S", 60, 1, 3600, "a socket that takes nothing for this long is closed") \
    I(reconnect_window_ms, "RECONNECT_WINDOW_MS", 5000, 0, 600000, "clients told to reconnect spread over this time") \
    I(max_message_bytes, "MAX_MESSAGE_BYTES", 16384, 256, 1048576, "largest message of a stream client") \
    I(max_subscriptions, "MAX_SUBSCRIPTIONS", 1000, 1, 100000, "subscriptions of one connection") \
    I(messages_per_second, "MESSAGES_PER_SECOND", 50, 1, 100000, "messages of one connection, with a burst") \
    I(max_body_bytes, "MAX_BODY_BYTES", 65536, 256, 16777216, "largest body of a request") \
    I(idempotency_keep_s, "IDEMPOTENCY_KEEP_S", 86400, 1, 31536000, "an Idempotency-Key is remembered this long") \
    I(audit_head_s, "AUDIT_HEAD_S", 3600, 1, 86400, "where the audit log's chain ends is logged this often (audit.head)") \
    I(max_import_bytes, "MAX_IMPORT_BYTES", 4194304, 256, 67108864, "largest CSV body of an import") \
    I(rate_address, "RATE_ADDRESS", 300, 0, 1000000, "requests a second of one address (0: any number)") \
    I(rate_address_burst, "RATE_ADDRESS_BURST", 1500, 1, 1000000, "so many at once after a pause") \
    I(rate_user, "RATE_USER", 100, 0, 1000000, "requests a second of one user (0: any number)") \
    I(rate_user_burst, "RATE_USER_BURST", 500, 1, 1000000, "so many at once after a pause") \
    I(rate_login, "RATE_LOGIN", 30, 0, 1000000, "logins and the like a minute of one address, and of one e-mail, half a minute's at once (0: any number)") \
    I(rate_messages, "RATE_MESSAGES", 200, 0, 1000000, "stream messages a second of one user over all connections (0: any number)") \
    I(rate_messages_burst, "RATE_MESSAGES_BURST", 5000, 1, 1000000, "so many at once after a pause") \
    I(stream_bytes_per_second, "STREAM_BYTES_PER_SECOND", 65536, 0, 1000000000, "bytes a second that a stream client may send, whatever they are, half a minute's at once (0: any number)") \
    I(rate_handshakes, "RATE_HANDSHAKES", 20, 0, 1000000, "stream handshakes a second of one address, ten seconds' at once (0: any number)") \
    I(open_requests_per_user, "OPEN_REQUESTS_PER_USER", 64, 0, 100000, "requests of one user, or address, under way at once (0: any number)") \
    I(connections_per_address, "CONNECTIONS_PER_ADDRESS", 256, 0, 1000000, "connections of one address (0: any number)") \
    I(connections_max, "CONNECTIONS_MAX", 50000, 0, 1000000, "connections in all, never more than there are descriptors for (0: that many)") \
    T(trusted_proxies, "TRUSTED_PROXIES", "", "addresses or networks whose X-Forwarded-For is believed: 10.0.0.0/8,::1") \
    I(portfolio_keep_s, "PORTFOLIO_KEEP_S", 300, 0, 86400, "a portfolio stays in memory this long after the last request for it") \
    I(quote_ttl_s, "QUOTE_TTL_S", 60, 1, 86400, "a quote not confirmed for this long is stale") \
    T(providers, "PROVIDERS", "none", "price providers in order of preference: alphavantage, polygon (or massive), finnhub, yahoo, coinbase, kraken, ecb, simulated, replay; or none") \
    T(replay_file, "REPLAY_FILE", "", "CSV of bars or ticks for the replay provider (.gz too)") \
    D(replay_speed, "REPLAY_SPEED", 100000000, 0, 100000000000000000, "replayed seconds per second (0: as fast as possible)") \
    I(simulated_seed, "SIMULATED_SEED", 1, 0, 9007199254740991, "seed of the simulated provider") \
    I(simulated_tick_ms, "SIMULATED_TICK_MS", 1000, 10, 3600000, "each simulated symbol moves once in this time") \
    I(poll_interval_ms, "POLL_INTERVAL_MS", 2000, 100, 3600000, "how often a remote provider is asked for a symbol") \
    T(alphavantage_url, "ALPHAVANTAGE_URL", "https://www.alphavantage.co", "base URL of the alphavantage provider") \
    T(alphavantage_quota, "ALPHAVANTAGE_QUOTA", "", "requests it is asked at most, like 1/s,5/min,25/day, or none (empty: 1/s,25/day)") \
    T(polygon_url, "POLYGON_URL", "https://api.polygon.io", "base URL of the polygon provider") \
    T(polygon_quota, "POLYGON_QUOTA", "", "the same for polygon (empty: 5/min)") \
    T(massive_url, "MASSIVE_URL", "https://api.massive.com", "base URL of the massive provider") \
    T(massive_quota, "MASSIVE_QUOTA", "", "the same for massive (empty: 5/min)") \
    T(finnhub_url, "FINNHUB_URL", "https://finnhub.io/api/v1", "base URL of the finnhub provider") \
    T(finnhub_quota, "FINNHUB_QUOTA", "", "the same for finnhub (empty: 30/s,60/min)") \
    T(yahoo_url, "YAHOO_URL", "https://query1.finance.yahoo.com", "base URL of the yahoo provider") \
    T(yahoo_quota, "YAHOO_QUOTA", "", "the same for yahoo (empty: 2/s,60/min)") \
    T(coinbase_url, "COINBASE_URL", "https://api.exchange.coinbase.com", "base URL of the coinbase provider") \
    T(coinbase_quota, "COINBASE_QUOTA", "", "the same for coinbase (empty: 5/s)") \
    T(kraken_url, "KRAKEN_URL", "https://api.kraken.com", "base URL of the kraken provider") \
    T(kraken_quota, "KRAKEN_QUOTA", "", "the same for kraken (empty: 1/s)") \
    T(ecb_url, "ECB_URL", "https://www.ecb.europa.eu", "base URL of the ecb provider") \
    T(ecb_quota, "ECB_QUOTA", "", "the same for ecb (empty: 2/min,100/day)") \
    I(leader_ttl_ms, "LEADER_TTL_MS", 3000, 500, 60000, "the poller's leadership lapses after this without renewal") \
    T(close_time, "CLOSE_TIME", "16:30", "New York's time of day from which a session's closing prices are fetched") \
    T(splits_time, "SPLITS_TIME", "03:00", "New York's time of day from which the day's splits are asked for: before trade begins") \
    T(market_closed_dates, "MARKET_CLOSED_DATES", "", "days without a session beside the exchange's holidays: 2025-01-09,…") \
    T(key_dir, "KEY_DIR", "", "directory of the keys that sign access tokens, *.pem (empty: one that ends with the process)") \
    T(jwt_issuer, "JWT_ISSUER", "portfoliod", "iss of our access tokens") \
    T(jwt_audience, "JWT_AUDIENCE", "portfolio", "aud of our access tokens") \
    I(access_token_s, "ACCESS_TOKEN_S", 900, 1, 86400, "an access token is good for so long") \
    T(jwks_url, "JWKS_URL", "", "keys of an outside identity provider whose tokens are taken, https:// (empty: none)") \
    T(issuer, "ISSUER", "", "iss of its tokens") \
    T(audience, "AUDIENCE", "", "aud of its tokens") \
    I(jwks_refresh_s, "JWKS_REFRESH_S", 3600, 1, 604800, "its keys are fetched again after this long") \
    T(static_dir, "STATIC_DIR", "", "directory of the web page's files; read again on SIGHUP (empty: none is served)") \
    T(auth, "AUTH", "on", "on, or off: everybody is an administrator, for development, on loopback only") \
    I(auth_timeout_s, "AUTH_TIMEOUT_S", 10, 1, 600, "a stream connection without a credential sends auth within this") \
    I(auth_grace_s, "AUTH_GRACE_S", 10, 0, 600, "a stream connection whose token has ended goes on for this long, for another") \
    I(rights_keep_s, "RIGHTS_KEEP_S", 900, 1, 86400, "what was read of somebody's rights is acted on for so long while PostgreSQL cannot be read (REST: 60 s at most)") \
    T(origins, "ORIGINS", "", "web pages of other hosts that may use this server, like https://app.example.com,http://localhost:3000") \
    T(registration, "REGISTRATION", "on", "on, or off: only administrators make users (POST /users, portfoliod user)") \
    I(refresh_token_s, "REFRESH_TOKEN_S", 2592000, 1, 31536000, "a refresh token that is not used is good for so long, and its session") \
    I(password_workers, "PASSWORD_WORKERS", 1, 1, 64, "threads that hash passwords") \
    I(password_ops, "PASSWORD_OPS", 2, 1, 100, "Argon2id: passes over the memory, for each password") \
    I(password_memory_kib, "PASSWORD_MEMORY_KIB", 65536, 8, 4194304, "Argon2id: memory, for each password") \
    T(log_level, "LOG_LEVEL", "info", "debug, info, warn or error")

/* Secrets: S(field, NAME, help). From the environment only: arguments are seen by
 * whoever lists the processes. Never printed, never logged. */
#define PF_CONFIG_SECRETS(S) \
    S(jwt_hs256_secret, "JWT_HS256_SECRET", "signs access tokens with HS256 instead of KEY_DIR's keys; 32 bytes or more") \
    S(alphavantage_api_key, "ALPHAVANTAGE_API_KEY", "key of the alphavantage provider") \
    S(polygon_api_key, "POLYGON_API_KEY", "key of the polygon provider; MASSIVE_API_KEY does too") \
    S(massive_api_key, "MASSIVE_API_KEY", "key of the same provider by its new name; POLYGON_API_KEY does too") \
    S(finnhub_api_key, "FINNHUB_API_KEY", "key of the finnhub provider")
/* clang-format on */

#endif
