/* The one error type of the server.
 *
 * A function that can fail returns `enum status`, must be checked
 * (PF_MUST_CHECK), and leaves its `ret_` outputs untouched on failure.
 * Libraries return; only the caller that knows what the failure means logs.
 * Thread: any. */
#ifndef PF_BASE_STATUS_H
#define PF_BASE_STATUS_H

#define PF_MUST_CHECK __attribute__((warn_unused_result))
#define PF_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum status {
    STATUS_OK = 0,
    STATUS_NO_MEMORY,    /* an allocation failed */
    STATUS_INVALID,      /* the input does not have the required form */
    STATUS_OUT_OF_RANGE, /* the form is right, the value is outside its bounds */
    STATUS_OVERFLOW,     /* exact arithmetic would not fit */
    STATUS_NOT_FOUND,
    STATUS_CONFLICT,        /* against what is stored: a duplicate, an older price */
    STATUS_PRECONDITION,    /* If-Match does not hold */
    STATUS_HAS_DEPENDENTS,  /* something still hangs on it */
    STATUS_LIMIT,           /* a bound of ours is reached (queue full, too many) */
    STATUS_UNAVAILABLE,     /* the other end is away; nothing was written */
    STATUS_OUTCOME_UNKNOWN, /* the connection was lost during a write */
    STATUS_TIMEOUT,
    STATUS_CANCELLED,
    STATUS_IO,       /* the operating system refused; errno may tell */
    STATUS_INTERNAL, /* a bug or a broken peer */
    STATUS_N
};

/* "ok", "no_memory", …: for logs and metrics. Never NULL. */
const char *status_name(enum status status);

#endif
