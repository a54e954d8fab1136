/* Connections of libpq with deadlines. Owns nothing between calls. Refuses to
 * wait without an end. Thread: W. */
#include "store/connection.h"

#include "base/clock.h"
#include "store/database_url.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

void connection_error_text(const char *message, char *error, size_t error_len) {
    (void)snprintf(error, error_len, "%s", message ? message : "");
    size_t len = strlen(error);
    while (len > 0 && (error[len - 1] == '\n' || error[len - 1] == ' '))
        error[--len] = '\0';
    for (char *at = error; *at; at++) {
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    }
}

enum status connection_open(const char *database_url, PGconn **ret_connection, char *error, size_t error_len) {
    /* What stands before dbname is a default that the URL may change. */
    const char *const names[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                 "dbname",           "client_encoding",  NULL};
    const char *const values[] = {"3",    "10", "3", "3", "15000", "portfoliod", *database_url ? database_url : NULL,
                                  "UTF8", NULL};
    if (database_url_check(database_url, error, error_len) != STATUS_OK)
        return STATUS_UNAVAILABLE;
    PGconn *connection = PQconnectdbParams(names, values, 1);
    if (!connection)
        return STATUS_NO_MEMORY;
    if (PQstatus(connection) != CONNECTION_OK || PQsetnonblocking(connection, 1) != 0) {
        connection_error_text(PQerrorMessage(connection), error, error_len);
        PQfinish(connection);
        return STATUS_UNAVAILABLE;
    }
    *ret_connection = connection;
    return STATUS_OK;
}

void connection_close(PGconn **connection) {
    PQfinish(*connection);
    *connection = NULL;
}

#define LOOK_MS 200 /* how often a wait looks whether it has to end early */

struct wait_end {
    int64_t deadline_ms;
    const stop_time *stop_at; /* NULL: the deadline only */
};

static int64_t left_ms(const struct wait_end *end) {
    int64_t stop_by_ms = end->stop_at ? atomic_load(end->stop_at) : 0;
    bool is_sooner = stop_by_ms != 0 && stop_by_ms < end->deadline_ms;
    return (is_sooner ? stop_by_ms : end->deadline_ms) - clock_monotonic_ms(clock_system());
}

/* False when the time is over or poll failed. */
static bool socket_wait(PGconn *connection, short events, const struct wait_end *end) {
    for (;;) {
        int64_t wait_ms = left_ms(end);
        if (wait_ms <= 0)
            return false;
        struct pollfd entry = {.fd = PQsocket(connection), .events = events};
        int n = poll(&entry, 1, wait_ms > LOOK_MS ? LOOK_MS : (int)wait_ms);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
}

/* Sends what is buffered; reads meanwhile, since the server may wait for that. */
static bool output_flush(PGconn *connection, const struct wait_end *end) {
    for (;;) {
        int left = PQflush(connection);
        if (left == 0)
            return true;
        if (left < 0 || !socket_wait(connection, POLLIN | POLLOUT, end) || !PQconsumeInput(connection))
            return false;
    }
}

/* Of several statements: the error, or the last. Takes both over. */
static PGresult *result_keep(PGresult *kept, PGresult *result) {
    bool is_error = kept && PQresultStatus(kept) == PGRES_FATAL_ERROR;
    PQclear(is_error ? result : kept);
    return is_error ? kept : result;
}

/* A result whose end did not come is not to be trusted, except an error's: a server that goes away says so and
 * closes. */
static PGresult *result_trust(PGresult *kept, bool is_complete) {
    if (is_complete || !kept || PQresultStatus(kept) == PGRES_FATAL_ERROR)
        return kept;
    PQclear(kept);
    return NULL;
}

static bool result_wait(PGconn *connection, const struct wait_end *end) {
    while (PQisBusy(connection)) {
        if (!socket_wait(connection, POLLIN, end) || !PQconsumeInput(connection))
            return false;
    }
    return true;
}

PGresult *connection_await(PGconn *connection, int64_t timeout_ms, const stop_time *stop_at) {
    const struct wait_end end = {clock_monotonic_ms(clock_system()) + timeout_ms, stop_at};
    PGresult *kept = NULL;
    bool is_complete = output_flush(connection, &end);
    while (is_complete) {
        is_complete = result_wait(connection, &end);
        PGresult *result = is_complete ? PQgetResult(connection) : NULL;
        if (!result)
            break;
        kept = result_keep(kept, result);
    }
    return result_trust(kept, is_complete);
}

PGresult *connection_await_sync(PGconn *connection, int64_t timeout_ms, const stop_time *stop_at) {
    const struct wait_end end = {clock_monotonic_ms(clock_system()) + timeout_ms, stop_at};
    PGresult *kept = NULL;
    bool is_synced = false;
    int ends_n = 0; /* one behind each statement's results; two in a row: nothing comes any more */
    if (!output_flush(connection, &end))
        return NULL;
    while (!is_synced && ends_n < 2 && result_wait(connection, &end)) {
        PGresult *result = PQgetResult(connection);
        ExecStatusType type = PQresultStatus(result);
        is_synced = result && type == PGRES_PIPELINE_SYNC;
        ends_n = result ? 0 : ends_n + 1;
        if (is_synced || (result && type == PGRES_PIPELINE_ABORTED)) /* skipped for an error before it */
            PQclear(result);
        else if (result)
            kept = result_keep(kept, result);
    }
    return result_trust(kept, is_synced);
}

bool connection_is_alive(PGconn *connection) {
    /* The farewell of a server that stops comes before the end of file: read
     * until there is nothing more. */
    for (int i = 0; i < 8 && PQstatus(connection) == CONNECTION_OK; i++) {
        struct pollfd entry = {.fd = PQsocket(connection), .events = POLLIN};
        if (poll(&entry, 1, 0) <= 0)
            break;
        if (!PQconsumeInput(connection))
            return false;
        PGnotify *notify = PQnotifies(connection); /* processes what was read */
        PQfreemem(notify);
    }
    return PQstatus(connection) == CONNECTION_OK;
}
