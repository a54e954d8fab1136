/* A libpq connection whose every wait has a deadline: a PostgreSQL that is
 * stopped, or a network that swallows packets, costs a worker a bounded time.
 * Knows no statements and keeps no state. Thread: W. */
#ifndef PF_STORE_CONNECTION_H
#define PF_STORE_CONNECTION_H

#include "base/status.h"
#include "store/stop_time.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONNECTION_ERROR_MAX 256

/* database_url: a libpq URL or connection string; "" means libpq's PG*
 * variables. STATUS_UNAVAILABLE with the reason on one line in error[0..error_len). */
PF_MUST_CHECK enum status connection_open(const char *database_url, PGconn **ret_connection, char *error,
                                          size_t error_len);
void connection_close(PGconn **connection);

/* Waits for the result of what was sent with a PQsend… function. NULL: the
 * connection was lost, timeout_ms passed, or *stop_at (which may be NULL); it
 * can only be closed then. */
PGresult *connection_await(PGconn *connection, int64_t timeout_ms, const stop_time *stop_at);

/* The same for what was sent in pipeline mode up to a sync: the first error, or the last result. */
PGresult *connection_await_sync(PGconn *connection, int64_t timeout_ms, const stop_time *stop_at);

/* False when the other end has closed the (idle) connection. */
bool connection_is_alive(PGconn *connection);

/* libpq's error text without its line breaks. */
void connection_error_text(const char *message, char *error, size_t error_len);

#endif
