/* Structured logging: one JSON object a line on standard error.
 *
 *   log_event(LOG_WARN, "redis.disconnected", LOG_TEXT("reason", why), LOG_I64("after_ms", 250));
 *
 * Events are named noun.past_verb. Only callers that know what a failure means
 * log; libraries return. Thread: any (one write(2) a line; the level is set
 * once, before the threads start). */
#ifndef PF_OPS_LOG_H
#define PF_OPS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *name;
    enum { LOG_FIELD_TEXT, LOG_FIELD_I64 } type;
    const char *text; /* may be NULL: written as null */
    int64_t number;
};
#define LOG_TEXT(name_, text_) ((struct log_field){.name = (name_), .type = LOG_FIELD_TEXT, .text = (text_)})
#define LOG_I64(name_, number_)                                                                                        \
    ((struct log_field){.name = (name_), .type = LOG_FIELD_I64, .number = (int64_t)(number_)})

/* "debug", "info", "warn", "error"; false when it is none of these. */
bool log_level_parse(const char *text, enum log_level *ret_level);
void log_set_level(enum log_level level);
bool log_is_enabled(enum log_level level);
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t fields_n);

#define log_event(level, event, ...)                                                                                   \
    do {                                                                                                               \
        if (log_is_enabled(level)) {                                                                                   \
            const struct log_field log_fields_[] = {(struct log_field){0}, __VA_ARGS__};                               \
            log_write((level), (event), log_fields_ + 1, sizeof log_fields_ / sizeof log_fields_[0] - 1);              \
        }                                                                                                              \
    } while (0)

#endif
