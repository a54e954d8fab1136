/* Reads the settings of config_table.h. Refuses unknown flags, values of the
 * wrong type and values outside their bounds, each with a text that names the
 * setting. Thread: main. */
#include "ops/config.h"

#include "base/decimal.h"
#include "ops/secret_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 64
#define BOUND_TEXT_MAX (2 * DECIMAL_TEXT_MAX + 8)

enum setting_type { SETTING_TEXT, SETTING_INTEGER, SETTING_DECIMAL, SETTING_SECRET };

struct setting {
    const char *name;
    enum setting_type type;
    size_t offset; /* of the field in struct config */
    const char *text;
    int64_t number, min, max;
    const char *help;
};

static const struct setting settings[] = {
#define T(field, name_, value, help_)                                                                                  \
    {.name = (name_), .type = SETTING_TEXT, .offset = offsetof(struct config, field), .text = (value), .help = (help_)},
#define I(field, name_, value, min_, max_, help_)                                                                      \
    {.name = (name_),                                                                                                  \
     .type = SETTING_INTEGER,                                                                                          \
     .offset = offsetof(struct config, field),                                                                         \
     .number = (value),                                                                                                \
     .min = (min_),                                                                                                    \
     .max = (max_),                                                                                                    \
     .help = (help_)},
#define D(field, name_, value, min_, max_, help_)                                                                      \
    {.name = (name_),                                                                                                  \
     .type = SETTING_DECIMAL,                                                                                          \
     .offset = offsetof(struct config, field),                                                                         \
     .number = (value),                                                                                                \
     .min = (min_),                                                                                                    \
     .max = (max_),                                                                                                    \
     .help = (help_)},
#define S(field, name_, help_)                                                                                         \
    {.name = (name_), .type = SETTING_SECRET, .offset = offsetof(struct config, field), .text = "", .help = (help_)},
    PF_CONFIG(T, I, D) PF_CONFIG_SECRETS(S)
#undef S
#undef T
#undef I
#undef D
};
#define SETTINGS_N (sizeof settings / sizeof settings[0])

static void store_text(struct config *config, const struct setting *setting, const char *text) {
    memcpy((char *)config + setting->offset, &text, sizeof text);
}

static void store_number(struct config *config, const struct setting *setting, int64_t number) {
    memcpy((char *)config + setting->offset, &number, sizeof number);
}

static void format_number(char *out, size_t out_len, const struct setting *setting, int64_t number) {
    if (setting->type == SETTING_DECIMAL) {
        char text[DECIMAL_TEXT_MAX];
        (void)snprintf(out, out_len, "%.*s", (int)decimal_write(text, number), text);
    } else {
        (void)snprintf(out, out_len, "%lld", (long long)number);
    }
}

static void format_bounds(char *out, size_t out_len, const struct setting *setting) {
    char min[DECIMAL_TEXT_MAX], max[DECIMAL_TEXT_MAX];
    format_number(min, sizeof min, setting, setting->min);
    format_number(max, sizeof max, setting, setting->max);
    (void)snprintf(out, out_len, "%s to %s", min, max);
}

static bool read_integer(const char *text, int64_t *ret_number) {
    const char *digits = text[0] == '-' ? text + 1 : text;
    char *end;
    if (digits[0] < '0' || digits[0] > '9')
        return false;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno || *end != '\0')
        return false;
    *ret_number = number;
    return true;
}

static enum status apply_value(struct config *config, const struct setting *setting, const char *text, char *error,
                               size_t error_len) {
    int64_t number;
    if (setting->type == SETTING_TEXT || setting->type == SETTING_SECRET) {
        store_text(config, setting, text);
        return STATUS_OK;
    }
    bool is_integer = setting->type == SETTING_INTEGER;
    bool is_read = is_integer ? read_integer(text, &number) : decimal_parse(text, strlen(text), &number) == STATUS_OK;
    if (!is_read || number < setting->min || number > setting->max) {
        char bounds[BOUND_TEXT_MAX];
        format_bounds(bounds, sizeof bounds, setting);
        (void)snprintf(error, error_len, "%s: \"%s\" is not %s from %s", setting->name, text,
                       is_integer ? "an integer" : "a decimal number", bounds);
        return STATUS_INVALID;
    }
    store_number(config, setting, number);
    return STATUS_OK;
}

/* flush-ms, FLUSH_MS and Flush_ms are one name. */
static const struct setting *find_setting(const char *name, size_t len) {
    char folded[NAME_MAX_LEN];
    if (len >= sizeof folded)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        char c = name[i] == '-' ? '_' : name[i];
        folded[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    folded[len] = '\0';
    for (size_t i = 0; i < SETTINGS_N; i++)
        if (strcmp(settings[i].name, folded) == 0)
            return &settings[i];
    return NULL;
}

static void apply_defaults(struct config *config) {
    for (size_t i = 0; i < SETTINGS_N; i++) {
        if (settings[i].type == SETTING_TEXT || settings[i].type == SETTING_SECRET)
            store_text(config, &settings[i], settings[i].text);
        else
            store_number(config, &settings[i], settings[i].number);
    }
}

static enum status apply_environment(struct config *config, char *error, size_t error_len) {
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const char *value = getenv(settings[i].name);
        if (!value || value[0] == '\0')
            continue;
        enum status status = apply_value(config, &settings[i], value, error, error_len);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* What may be in a file of its own: secrets, and URLs, which can hold a password. */
static bool takes_file(const struct setting *setting) {
    return setting->type == SETTING_SECRET || strcmp(setting->name, "DATABASE_URL") == 0 ||
           strcmp(setting->name, "REDIS_URL") == 0;
}

static const char *text_of(const struct config *config, const struct setting *setting) {
    const char *text = NULL;
    memcpy(&text, (const char *)config + setting->offset, sizeof text);
    return text;
}

/* After everything else, so that NAME from wherever it came beside NAME_FILE is seen. */
static enum status apply_file(struct config *config, const struct setting *setting, char *error, size_t error_len) {
    char name[NAME_MAX_LEN + sizeof "_FILE"], reason[192];
    (void)snprintf(name, sizeof name, "%s_FILE", setting->name);
    const char *path = getenv(name);
    if (!path || path[0] == '\0')
        return STATUS_OK;
    if (text_of(config, setting)[0] != '\0') {
        (void)snprintf(error, error_len, "%s and %s are both given", setting->name, name);
        return STATUS_INVALID;
    }
    if (config->file_texts_n == CONFIG_FILES_MAX)
        return STATUS_LIMIT;
    enum status status = secret_file_read(path, &config->file_texts[config->file_texts_n], reason, sizeof reason);
    if (status != STATUS_OK) {
        (void)snprintf(error, error_len, "%s: %s", name, reason);
        return status;
    }
    store_text(config, setting, config->file_texts[config->file_texts_n++]);
    return STATUS_OK;
}

static enum status apply_files(struct config *config, char *error, size_t error_len) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < SETTINGS_N && status == STATUS_OK; i++)
        if (takes_file(&settings[i]))
            status = apply_file(config, &settings[i], error, error_len);
    return status;
}

void config_fini(struct config *config) {
    while (config->file_texts_n > 0)
        secret_file_free(config->file_texts[--config->file_texts_n]);
}

/* Applies the flag at *at and moves *at to the last argument it took. */
static enum status apply_flag(struct config *config, int argc, char *const *argv, int *at, char *error,
                              size_t error_len) {
    const char *argument = argv[*at];
    if (strncmp(argument, "--", 2) != 0 || argument[2] == '\0') {
        /* It may be a URL with a password. */
        (void)snprintf(error, error_len, "unexpected argument \"%.*s\"", (int)strcspn(argument, ":= "), argument);
        return STATUS_INVALID;
    }
    const char *name = argument + 2;
    const char *equals = strchr(name, '=');
    size_t name_len = equals ? (size_t)(equals - name) : strlen(name);
    const struct setting *setting = find_setting(name, name_len);
    if (!setting) {
        (void)snprintf(error, error_len, "unknown flag --%.*s (serve --help lists them)", (int)name_len, name);
        return STATUS_INVALID;
    }
    if (setting->type == SETTING_SECRET) {
        (void)snprintf(error, error_len, "%s is read from the environment only", setting->name);
        return STATUS_INVALID;
    }
    if (!equals && *at + 1 >= argc) {
        (void)snprintf(error, error_len, "%s: the flag --%s needs a value", setting->name, name);
        return STATUS_INVALID;
    }
    const char *value = equals ? equals + 1 : argv[++*at];
    return apply_value(config, setting, value, error, error_len);
}

enum status config_read(struct config *ret_config, int argc, char *const *argv, char *error, size_t error_len) {
    struct config config = {.file_texts_n = 0};
    apply_defaults(&config);
    enum status status = apply_environment(&config, error, error_len);
    for (int at = 0; status == STATUS_OK && at < argc; at++)
        status = apply_flag(&config, argc, argv, &at, error, error_len);
    if (status == STATUS_OK)
        status = apply_files(&config, error, error_len);
    if (status == STATUS_OK)
        *ret_config = config;
    else
        config_fini(&config);
    return status;
}

#define HELP_NAME 25
#define HELP_DEFAULT 12
#define HELP_BOUNDS 23
#define HELP_INDENT (2 + HELP_NAME + HELP_DEFAULT + HELP_BOUNDS)
#define HELP_COLUMNS 100

/* Words of `text` in lines of what is left of HELP_COLUMNS behind the indent. */
static void print_wrapped(FILE *out, const char *text) {
    size_t width = HELP_COLUMNS - HELP_INDENT;
    while (strlen(text) > width) {
        size_t cut = width;
        while (cut > 0 && text[cut] != ' ')
            cut--;
        if (cut == 0)
            cut = width;
        (void)fprintf(out, "%.*s\n%*s", (int)cut, text, HELP_INDENT, "");
        text += cut;
        text += strspn(text, " ");
    }
    (void)fprintf(out, "%s\n", text);
}

static void print_files(FILE *out) {
    (void)fprintf(out, "\n  From a file, where NAME_FILE names one (not both; a line's end behind it does not count):");
    for (size_t i = 0, n = 0; i < SETTINGS_N; i++)
        if (takes_file(&settings[i]))
            (void)fprintf(out, "%s%s_FILE", n++ % 3 == 0 ? "\n    " : ", ", settings[i].name);
    (void)fprintf(out, "\n");
}

void config_print_help(FILE *out) {
    (void)fprintf(out, "  %-*s%-*s%-*s%s\n", HELP_NAME, "NAME", HELP_DEFAULT, "DEFAULT", HELP_BOUNDS, "BOUNDS",
                  "MEANING");
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const struct setting *setting = &settings[i];
        char value[DECIMAL_TEXT_MAX] = "", bounds[BOUND_TEXT_MAX] = "";
        if (setting->type == SETTING_SECRET) {
            (void)snprintf(bounds, sizeof bounds, "environment, or a file");
        } else if (setting->type == SETTING_TEXT) {
            (void)snprintf(value, sizeof value, "%s", setting->text);
        } else {
            format_number(value, sizeof value, setting, setting->number);
            format_bounds(bounds, sizeof bounds, setting);
        }
        (void)fprintf(out, "  %-*s%-*s", HELP_NAME, setting->name, HELP_DEFAULT, value);
        /* A long default (a URL) runs on into the empty column of bounds. */
        int over = (int)strlen(value) - HELP_DEFAULT + 1;
        over = over < 0 ? 0 : over;
        (void)fprintf(out, "%s%-*s", over ? " " : "", over > HELP_BOUNDS ? 0 : HELP_BOUNDS - over, bounds);
        print_wrapped(out, setting->help);
    }
    print_files(out);
}
