/* Every metric of the server: one row each. See ops/metrics.h. */
#ifndef PF_OPS_METRICS_TABLE_H
#define PF_OPS_METRICS_TABLE_H

/* clang-format off */
#define PF_METRICS(X) \
    X(CONNECTIONS, "pf_connections", gauge, "Open WebSocket connections") \
    X(CONNECTIONS_OPENED, "pf_connections_opened_total", counter, "WebSocket connections accepted") \
    X(SUBSCRIPTIONS, "pf_subscriptions", gauge, "Live subscriptions") \
    X(PORTFOLIOS_HELD, "pf_portfolios_held", gauge, "Portfolios in memory, over all loops") \
    X(TURNS_OVER_1, "pf_loop_turns_long_total{over=\"1ms\"}", counter, "Turns of a loop that took longer, in which it served nobody else") \
    X(TURNS_OVER_5, "pf_loop_turns_long_total{over=\"5ms\"}", counter, "Turns of a loop that took longer, in which it served nobody else") \
    X(TURNS_OVER_20, "pf_loop_turns_long_total{over=\"20ms\"}", counter, "Turns of a loop that took longer, in which it served nobody else") \
    X(PASSES, "pf_passes_total", counter, "Passes of the engine") \
    X(POSITIONS_REVALUED, "pf_positions_revalued_total", counter, "Positions revalued") \
    X(FRAMES_DELTA, "pf_frames_sent_total{type=\"delta\"}", counter, "Frames handed to the transport") \
    X(FRAMES_SNAPSHOT, "pf_frames_sent_total{type=\"snapshot\"}", counter, "Frames handed to the transport") \
    X(FRAMES_HEARTBEAT, "pf_frames_sent_total{type=\"heartbeat\"}", counter, "Frames handed to the transport") \
    X(FRAMES_OTHER, "pf_frames_sent_total{type=\"other\"}", counter, "Frames handed to the transport") \
    X(BYTES_SENT, "pf_stream_bytes_sent_total", counter, "Payload bytes handed to the transport") \
    X(FRAMES_ENCODED, "pf_frames_encoded_total", counter, "Delta and snapshot frames encoded; the rest was shared") \
    X(MESSAGES_RECEIVED, "pf_messages_received_total", counter, "Messages received from stream clients") \
    X(MESSAGES_REFUSED, "pf_messages_refused_total", counter, "Messages answered with an error") \
    X(SENDS_DEFERRED, "pf_sends_deferred_total", counter, "Flushes put off because a socket could not take more") \
    X(CLOSED_STALLED, "pf_connections_closed_total{reason=\"stalled\"}", counter, "Connections closed by the server") \
    X(CLOSED_NO_PONG, "pf_connections_closed_total{reason=\"no_pong\"}", counter, "Connections closed by the server") \
    X(CLOSED_PROTOCOL, "pf_connections_closed_total{reason=\"protocol\"}", counter, "Connections closed by the server") \
    X(CLOSED_TOO_LARGE, "pf_connections_closed_total{reason=\"too_large\"}", counter, "Connections closed by the server") \
    X(CLOSED_TOO_MANY, "pf_connections_closed_total{reason=\"too_many\"}", counter, "Connections closed by the server") \
    X(CLOSED_OUTBOX, "pf_connections_closed_total{reason=\"outbox_full\"}", counter, "Connections closed by the server") \
    X(CLOSED_SHUTDOWN, "pf_connections_closed_total{reason=\"shutdown\"}", counter, "Connections closed by the server") \
    X(CLOSED_UNAUTHORIZED, "pf_connections_closed_total{reason=\"unauthorized\"}", counter, "Connections closed by the server") \
    X(CLOSED_UNCONFIRMED, "pf_connections_closed_total{reason=\"unconfirmed\"}", counter, "Connections closed by the server") \
    X(CLOSED_NO_AUTH, "pf_connections_closed_total{reason=\"no_auth\"}", counter, "Connections closed by the server") \
    X(SUBSCRIPTIONS_ENDED, "pf_subscriptions_ended_total", counter, "Subscriptions ended because the right to them was lost") \
    X(ACCEPTS_FAILED, "pf_accepts_failed_total", counter, "Times accepting paused because descriptors or memory ran out") \
    X(CONNECTIONS_REFUSED_ADDRESS, "pf_connections_refused_total{reason=\"address\"}", counter, "Connections closed before their first request because there were too many") \
    X(CONNECTIONS_REFUSED_ALL, "pf_connections_refused_total{reason=\"all\"}", counter, "Connections closed before their first request because there were too many") \
    X(LIMITED_ADDRESS, "pf_rate_limited_total{class=\"address\"}", counter, "Requests, handshakes and messages refused by a rate limit") \
    X(LIMITED_USER, "pf_rate_limited_total{class=\"user\"}", counter, "Requests, handshakes and messages refused by a rate limit") \
    X(LIMITED_LOGIN, "pf_rate_limited_total{class=\"login\"}", counter, "Requests, handshakes and messages refused by a rate limit") \
    X(LIMITED_MESSAGES, "pf_rate_limited_total{class=\"messages\"}", counter, "Requests, handshakes and messages refused by a rate limit") \
    X(LIMITED_HANDSHAKES, "pf_rate_limited_total{class=\"handshakes\"}", counter, "Requests, handshakes and messages refused by a rate limit") \
    X(LIMITS_UNSHARED, "pf_limits_unshared_total", counter, "Times what was taken of rate limits could not be told to the other loops") \
    X(OPEN_REQUESTS_REFUSED, "pf_open_requests_refused_total", counter, "Requests refused because their user had too many under way") \
    X(TLS_HANDSHAKES, "pf_tls_handshakes_total", counter, "TLS handshakes done") \
    X(TLS_HANDSHAKES_FAILED, "pf_tls_handshakes_failed_total", counter, "TLS handshakes failed, and what was none") \
    X(HANDSHAKES_REFUSED, "pf_handshakes_refused_total", counter, "WebSocket handshakes refused") \
    X(RESUMES_RECOVERED, "pf_resumes_total{recovered=\"true\"}", counter, "Subscribes that carried a cursor") \
    X(RESUMES_LOST, "pf_resumes_total{recovered=\"false\"}", counter, "Subscribes that carried a cursor") \
    X(HTTP_REQUESTS, "pf_http_requests_total", counter, "HTTP requests") \
    X(HTTP_4XX, "pf_http_responses_total{class=\"4xx\"}", counter, "HTTP responses with an error status") \
    X(HTTP_5XX, "pf_http_responses_total{class=\"5xx\"}", counter, "HTTP responses with an error status") \
    X(HTTP_REFUSED, "pf_http_refused_total", counter, "Requests refused for their framing or for being too slow") \
    X(HTTP_GZIPPED, "pf_http_gzipped_total", counter, "Responses that were gzipped") \
    X(HTTP_GZIP_SKIPPED, "pf_http_gzip_skipped_total", counter, "Large responses sent as they are because the gzip worker had too much to do") \
    X(IDEMPOTENCY_REPLAYS, "pf_idempotency_replays_total", counter, "Requests that had been done before under their Idempotency-Key") \
    X(IDEMPOTENCY_REFUSED, "pf_idempotency_refused_total", counter, "Requests whose Idempotency-Key another request has") \
    X(IDEMPOTENCY_SWEPT, "pf_idempotency_swept_total", counter, "Idempotency-Keys that came of age and were deleted") \
    X(AUTH_LOOKUPS, "pf_auth_lookups_total", counter, "Credentials looked up in the database") \
    X(AUTH_LOOKUPS_REFUSED, "pf_auth_lookups_refused_total", counter, "Credentials not looked up because too many were") \
    X(AUTH_REFUSED, "pf_auth_refused_total", counter, "Requests without a valid credential") \
    X(ACCESS_REFUSED, "pf_access_refused_total", counter, "Requests that the caller's role or API key may not make") \
    X(PAGES_REFUSED, "pf_pages_refused_total", counter, "Requests of web pages that may not make them") \
    X(ACCESS_HIDDEN, "pf_access_hidden_total", counter, "Requests for rows that are not there, or not the caller's") \
    X(BUS_CONNECTED, "pf_bus_connected", gauge, "Loops whose price book follows the bus") \
    X(BUS_EVENTS, "pf_bus_events_total", counter, "Numbered events applied") \
    X(BUS_QUOTES, "pf_bus_quotes_total", counter, "Quotes applied") \
    X(BUS_IGNORED, "pf_bus_ignored_total", counter, "Bus messages without a number or not readable") \
    X(BUS_RELOADS, "pf_bus_reloads_total", counter, "Times a loop read the whole book again") \
    X(BUS_EPOCHS, "pf_bus_epochs_total", counter, "New epochs seen") \
    X(BUS_HINTS, "pf_bus_hints_total", counter, "Portfolio hints received") \
    X(ACCESS_CHANGES, "pf_access_changes_total", counter, "Notices that somebody's rights have changed, over all loops") \
    X(LOGINS_OK, "pf_logins_total{result=\"ok\"}", counter, "Logins") \
    X(LOGINS_WRONG, "pf_logins_total{result=\"wrong\"}", counter, "Logins") \
    X(LOGINS_LOCKED, "pf_logins_total{result=\"locked\"}", counter, "Logins") \
    X(REFRESH_REUSED, "pf_refresh_reused_total", counter, "Refresh tokens that were used twice, which ended their session") \
    X(PASSWORD_HASHES, "pf_password_hashes_total", counter, "Passwords hashed or compared") \
    X(PASSWORDS_REFUSED, "pf_passwords_refused_total", counter, "Requests with a password refused because too many waited") \
    X(ACCOUNTS_SWEPT, "pf_accounts_swept_total", counter, "Tickets, sessions and the like that came of age and were deleted") \
    X(PUBLISH_BATCHES, "pf_publish_batches_total", counter, "Quote batches published") \
    X(PUBLISH_REFUSED, "pf_publish_refused_total", counter, "Quote batches refused by the bus") \
    X(QUOTES_FETCHED, "pf_quotes_fetched_total", counter, "Quotes got from providers") \
    X(QUOTES_UNCHANGED, "pf_quotes_unchanged_total", counter, "Fetched quotes that changed nothing and were not published") \
    X(QUOTES_REFUSED_PRICE, "pf_quotes_refused_total{reason=\"price\"}", counter, "Quotes of providers refused") \
    X(QUOTES_REFUSED_OLDER, "pf_quotes_refused_total{reason=\"older\"}", counter, "Quotes of providers refused") \
    X(QUOTES_REFUSED_FUTURE, "pf_quotes_refused_total{reason=\"future\"}", counter, "Quotes of providers refused") \
    X(QUOTES_REFUSED_MALFORMED, "pf_quotes_refused_total{reason=\"malformed\"}", counter, "Quotes of providers refused") \
    X(QUOTES_STALE, "pf_quotes_marked_stale_total", counter, "Quotes published as stale") \
    X(PRICE_WAITS_TIMED_OUT, "pf_price_waits_timed_out_total", counter, "Requests for fresh prices that got no answer in time") \
    X(PRICE_WAITS_REFUSED, "pf_price_waits_refused_total", counter, "Requests for fresh prices refused because too many waited") \
    X(QUESTIONS, "pf_price_questions_total", counter, "Symbols that the leader was asked to price now") \
    X(QUESTIONS_REFUSED, "pf_price_questions_refused_total", counter, "The same, refused because too many were") \
    X(HISTORY_ROWS, "pf_history_rows_total", counter, "Daily bars that were fetched") \
    X(HISTORY_RATES, "pf_history_rates_total", counter, "Exchange rates of days that were fetched") \
    X(HISTORY_CURRENCIES_REFUSED, "pf_history_currencies_refused_total", counter,                                      \
      "Histories that were in another currency than their asset")                                                      \
    X(HISTORY_SPLITS_REFUSED, "pf_history_splits_refused_total", counter,                                              \
      "Splits that were told again for another day, and are the same")                                                 \
    X(HISTORY_FAILURES, "pf_history_failures_total", counter, "Symbols of history jobs that failed") \
    X(HISTORY_JOBS_REFUSED, "pf_history_jobs_refused_total", counter, "History jobs refused because too many were open") \
    X(PROVIDER_REQUESTS, "pf_provider_requests_total", counter, "Requests to providers") \
    X(PROVIDER_FAILURES, "pf_provider_failures_total", counter, "Requests to providers that failed") \
    X(PROVIDER_THROTTLED, "pf_provider_throttled_total", counter, "Requests that a provider throttled") \
    X(PROVIDER_NOT_ENTITLED, "pf_provider_not_entitled_total", counter, "Requests that a provider's plan does not include") \
    X(PROVIDER_INVALID_KEYS, "pf_provider_invalid_keys_total", counter, "Requests whose key a provider refused") \
    X(BREAKERS_OPENED, "pf_breakers_opened_total", counter, "Times a provider's circuit breaker opened") \
    X(LEADER, "pf_leader", gauge, "1 while this process polls for the cluster") \
    X(DB_CONNECTIONS, "pf_db_connections", gauge, "Open PostgreSQL connections") \
    X(DB_CONNECTS_FAILED, "pf_db_connects_failed_total", counter, "Failed attempts to connect to PostgreSQL") \
    X(DB_JOBS, "pf_db_jobs_total", counter, "Database jobs run") \
    X(DB_JOBS_REFUSED, "pf_db_jobs_refused_total", counter, "Database jobs refused because the queue was full") \
    X(DB_JOBS_LOCKED, "pf_db_jobs_locked_total", counter, "Times a database job stepped aside because another transaction held what it needed") \
    X(AUDIT_SEALED, "pf_audit_sealed_total", counter, "Rows of the audit log that this process sealed") \
    X(AUDIT_SEALS_FAILED, "pf_audit_seals_failed_total", counter, "Times PostgreSQL refused to seal new rows of the audit log: look at it with portfoliod audit verify") \
    X(AUDIT_POSITION, "pf_audit_position", gauge, "The audit log's last position, as last seen") \
    X(AUDIT_WAIT_MS, "pf_audit_seal_wait_ms", gauge, "How long the audit log's oldest row has waited to be sealed; seconds are right, minutes mean a transaction that stays open") \
    X(DB_QUEUE, "pf_db_queue", gauge, "Database jobs waiting") \
    X(REPORT_JOBS, "pf_report_jobs_total", counter, "Reports run: database jobs that may take long") \
    X(REPORT_JOBS_REFUSED, "pf_report_jobs_refused_total", counter, "Reports refused because their queue was full") \
    X(REPORT_QUEUE, "pf_report_queue", gauge, "Reports waiting") \
    X(REPORTS_LATE, "pf_reports_late_total", counter, "Reports given up at their deadline") \
    X(REPORTS_LEFT, "pf_reports_left_total", counter, "Reports skipped because their client had left and others waited") \
    X(RATES_NOT_LEGAL, "pf_rates_not_legal_total", counter, "Days' exchange rates left out because they are none with 8 decimals") \
    X(VALUES_REBUILT, "pf_values_rebuilt_total", counter, "Times stored daily values of a portfolio were computed anew") \
    X(PORTFOLIO_LOADS, "pf_portfolio_loads_total", counter, "Portfolios loaded from PostgreSQL") \
    X(PORTFOLIOS_REPLACED, "pf_portfolios_replaced_total", counter, "Held portfolios found to be others, or older, under their ids") \
    X(PORTFOLIO_LOADS_FAILED, "pf_portfolio_loads_failed_total", counter, "Portfolio loads that failed") \
    X(POSITIONS_UNPRICEABLE, "pf_positions_unpriceable_total", counter, "Positions outside the bounds, left unpriced") \
    X(POSITIONS_PAST_BOUND, "pf_positions_past_bound_total", counter, "Times a rate took a position's value or cost above the bound, leaving it unpriced") \
    X(TOKENS_MALFORMED, "pf_tokens_refused_total{reason=\"malformed\"}", counter, "Access tokens refused") \
    X(TOKENS_UNKNOWN_KEY, "pf_tokens_refused_total{reason=\"unknown_key\"}", counter, "Access tokens refused") \
    X(TOKENS_WRONG_ALGORITHM, "pf_tokens_refused_total{reason=\"wrong_algorithm\"}", counter, "Access tokens refused") \
    X(TOKENS_BAD_SIGNATURE, "pf_tokens_refused_total{reason=\"bad_signature\"}", counter, "Access tokens refused") \
    X(TOKENS_WRONG_ISSUER, "pf_tokens_refused_total{reason=\"wrong_issuer\"}", counter, "Access tokens refused") \
    X(TOKENS_WRONG_AUDIENCE, "pf_tokens_refused_total{reason=\"wrong_audience\"}", counter, "Access tokens refused") \
    X(TOKENS_NOT_YET_VALID, "pf_tokens_refused_total{reason=\"not_yet_valid\"}", counter, "Access tokens refused") \
    X(TOKENS_EXPIRED, "pf_tokens_refused_total{reason=\"expired\"}", counter, "Access tokens refused") \
    X(TOKENS_KEYS_AWAY, "pf_tokens_refused_total{reason=\"keys_away\"}", counter, "Access tokens refused") \
    X(TOKENS_NO_MEMORY, "pf_tokens_refused_total{reason=\"no_memory\"}", counter, "Access tokens refused") \
    X(KEY_RELOADS_FAILED, "pf_key_reloads_failed_total", counter, "Times KEY_DIR could not be read again") \
    X(SITE_RELOADS_FAILED, "pf_site_reloads_failed_total", counter, "Times STATIC_DIR could not be read again") \
    X(KEY_SETS_FETCHED, "pf_key_sets_fetched_total", counter, "Key sets got from the outside identity provider") \
    X(KEY_SET_FETCHES_FAILED, "pf_key_set_fetches_failed_total", counter, "Tries to get its key set that failed") \
    X(MAILBOX_FULL, "pf_mailbox_full_total", counter, "Messages refused by a full mailbox") \
    X(LOG_LINES_LOST, "pf_log_lines_lost_total", counter, "Log lines that standard error did not take whole")
/* clang-format on */

#endif
