/* The names of the statuses. Thread: any. */
#include "base/status.h"

static const char *const names[STATUS_N] = {
    [STATUS_OK] = "ok",
    [STATUS_NO_MEMORY] = "no_memory",
    [STATUS_INVALID] = "invalid",
    [STATUS_OUT_OF_RANGE] = "out_of_range",
    [STATUS_OVERFLOW] = "overflow",
    [STATUS_NOT_FOUND] = "not_found",
    [STATUS_CONFLICT] = "conflict",
    [STATUS_PRECONDITION] = "precondition",
    [STATUS_HAS_DEPENDENTS] = "has_dependents",
    [STATUS_LIMIT] = "limit",
    [STATUS_UNAVAILABLE] = "unavailable",
    [STATUS_OUTCOME_UNKNOWN] = "outcome_unknown",
    [STATUS_TIMEOUT] = "timeout",
    [STATUS_CANCELLED] = "cancelled",
    [STATUS_IO] = "io",
    [STATUS_INTERNAL] = "internal",
};

const char *status_name(enum status status) {
    if ((unsigned)status >= STATUS_N || !names[status])
        return "unknown";
    return names[status];
}
