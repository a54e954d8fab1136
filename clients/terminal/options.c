/* Reads options with getopt_long, into values that are checked here once.
 * Thread: main. */
#include "terminal/options.h"

#include "base/uuid.h"
#include "protocol/fields.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define URL_DEFAULT "http://localhost:8080"

enum {
    OPTION_URL = 256,
    OPTION_TOKEN,
    OPTION_TOKEN_FILE,
    OPTION_LOGIN,
    OPTION_CA,
    OPTION_INSECURE,
    OPTION_ONCE,
    OPTION_JSON,
    OPTION_LIST,
    OPTION_MAX_RATE,
    OPTION_FIELDS,
    OPTION_SORT,
    OPTION_COLUMNS,
    OPTION_FILTER,
    OPTION_EXACT,
    OPTION_NO_COLOR,
    OPTION_TIMEOUT,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option names[] = {
    {"url", required_argument, NULL, OPTION_URL},
    {"token", required_argument, NULL, OPTION_TOKEN},
    {"token-file", required_argument, NULL, OPTION_TOKEN_FILE},
    {"login", required_argument, NULL, OPTION_LOGIN},
    {"ca", required_argument, NULL, OPTION_CA},
    {"insecure", no_argument, NULL, OPTION_INSECURE},
    {"once", no_argument, NULL, OPTION_ONCE},
    {"json", no_argument, NULL, OPTION_JSON},
    {"list", no_argument, NULL, OPTION_LIST},
    {"max-rate", required_argument, NULL, OPTION_MAX_RATE},
    {"fields", required_argument, NULL, OPTION_FIELDS},
    {"sort", required_argument, NULL, OPTION_SORT},
    {"columns", required_argument, NULL, OPTION_COLUMNS},
    {"filter", required_argument, NULL, OPTION_FILTER},
    {"exact", no_argument, NULL, OPTION_EXACT},
    {"no-color", no_argument, NULL, OPTION_NO_COLOR},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* --- each option's value; NULL when it is right, else what it must be --- */

static const char *take_max_rate(const char *text, struct options *options) {
    int64_t e8 = 0;
    if (strlen(text) > WATCH_NUMBER_MAX || decimal_parse(text, strlen(text), &e8) != STATUS_OK || e8 <= 0)
        return "a number above 0, such as 2 or 0.5";
    memcpy(options->wish.max_rate, text, strlen(text) + 1);
    return NULL;
}

static const char *take_fields(const char *text, struct options *options) {
    field_mask chosen = 0;
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        field_mask bit = 0;
        if (field_find(at, len, &bit) != STATUS_OK)
            return "names of members, such as current_price,gain_loss";
        chosen |= bit;
        at += len;
        if (*at == '\0')
            break;
    }
    options->fields = chosen;
    return NULL;
}

static const char *take_sort(const char *text, struct options *options) {
    return table_sort_by(&options->table, text) == STATUS_OK ? NULL : "a column, or column:asc or column:desc";
}

static const char *take_columns(const char *text, struct options *options) {
    return table_choose(&options->table, text) == STATUS_OK ? NULL : "columns, each once, such as symbol,price,value";
}

static const char *take_filter(const char *text, struct options *options) {
    if (strlen(text) > TABLE_FILTER_MAX)
        return "at most 32 characters";
    memcpy(options->table.filter, text, strlen(text) + 1);
    return NULL;
}

static const char *take_timeout(const char *text, struct options *options) {
    char *end = NULL;
    long seconds = strtol(text, &end, 10);
    if (end == text || *end != '\0' || seconds < 1 || seconds > 3600)
        return "whole seconds from 1 to 3600";
    options->timeout_s = (int)seconds;
    return NULL;
}

/* Kept where the list of processes does not show it. */
static const char *take_token(char *text, struct options *options) {
    options_fini(options);
    options->token = strdup(text);
    explicit_bzero(text, strlen(text));
    return options->token ? NULL : "shorter";
}

static const char *take_valued(int option, char *text, struct options *options) {
    switch (option) {
    case OPTION_URL:
        options->url = text;
        return NULL;
    case OPTION_TOKEN:
        return take_token(text, options);
    case OPTION_TOKEN_FILE:
        options->token_file = text;
        return NULL;
    case OPTION_LOGIN:
        options->login = text;
        return NULL;
    case OPTION_CA:
        options->ca_file = text;
        return NULL;
    case OPTION_MAX_RATE:
        return take_max_rate(text, options);
    case OPTION_FIELDS:
        return take_fields(text, options);
    case OPTION_SORT:
        return take_sort(text, options);
    case OPTION_COLUMNS:
        return take_columns(text, options);
    case OPTION_FILTER:
        return take_filter(text, options);
    default:
        return take_timeout(text, options);
    }
}

static bool take_flag(int option, struct options *options) {
    bool *const flags[] = {
        [OPTION_INSECURE - OPTION_URL] = &options->is_insecure, [OPTION_ONCE - OPTION_URL] = &options->is_once,
        [OPTION_JSON - OPTION_URL] = &options->is_json,         [OPTION_LIST - OPTION_URL] = &options->is_list,
        [OPTION_EXACT - OPTION_URL] = &options->table.is_exact, [OPTION_HELP - OPTION_URL] = &options->is_help,
        [OPTION_VERSION - OPTION_URL] = &options->is_version,
    };
    if (option == OPTION_NO_COLOR) {
        options->has_color = false;
        return true;
    }
    size_t place = (size_t)(option - OPTION_URL);
    if (place >= sizeof flags / sizeof flags[0] || !flags[place])
        return false;
    *flags[place] = true;
    return true;
}

static enum status complain(FILE *out, const char *name, const char *must) {
    (void)fprintf(out, "portfolio-top: %s: must be %s\n", name, must);
    return STATUS_INVALID;
}

static enum status take_id(const char *text, FILE *complaints, struct options *options) {
    struct uuid id;
    if (uuid_parse(text, strlen(text), &id) != STATUS_OK)
        return complain(complaints, "PORTFOLIO_ID", "the id of a portfolio: --list shows those you may see");
    uuid_write(options->portfolio_id, &id);
    return STATUS_OK;
}

/* The names as a JSON array, each once, in the table's order of names. What is shown to
 * people tells always what is stale, totals too, which know it by the rows. */
static enum status write_fields(struct options *options) {
    struct strbuf out;
    field_mask fields = options->fields;
    if (!fields)
        return STATUS_OK;
    options->table.has_no_rows = !(fields & FIELDS_POSITION);
    if (!options->is_json)
        fields |= FIELD_STALE;
    strbuf_init(&out);
    for (unsigned i = 0; i < FIELDS_N; i++)
        if (fields & (1u << i))
            strbuf_printf(&out, "%c\"%s\"", out.len ? ',' : '[', field_name((enum field_index)i));
    strbuf_append_char(&out, ']');
    enum status status = strbuf_status(&out);
    if (status == STATUS_OK && out.len > WATCH_FIELDS_MAX)
        status = STATUS_LIMIT;
    if (status == STATUS_OK)
        memcpy(options->wish.fields, strbuf_text(&out), out.len + 1);
    strbuf_fini(&out);
    return status;
}

/* What depends on more than one option. */
static enum status check(FILE *complaints, struct options *options) {
    const char *error = NULL;
    int credentials_n = (options->token != NULL) + (options->token_file != NULL) + (options->login != NULL);
    if (options->is_help || options->is_version)
        return STATUS_OK;
    if (server_url_parse(options->url, &options->server_url, &error) != STATUS_OK) {
        (void)fprintf(complaints, "portfolio-top: --url: %s\n", error);
        return STATUS_INVALID;
    }
    if (options->ca_file && access(options->ca_file, R_OK) != 0) {
        (void)fprintf(complaints, "portfolio-top: --ca: %s: %s\n", options->ca_file, strerror(errno));
        return STATUS_INVALID;
    }
    if (credentials_n > 1)
        return complain(complaints, "--token, --token-file, --login", "one of them, not several");
    if (write_fields(options) != STATUS_OK)
        return complain(complaints, "--fields", "fewer of them");
    return STATUS_OK;
}

static void take_environment(struct options *options) {
    const char *url = getenv("PORTFOLIO_URL"), *token = getenv("PORTFOLIO_TOKEN"), *no_color = getenv("NO_COLOR");
    options->url = url && *url ? url : URL_DEFAULT;
    options->has_color = !no_color || !*no_color;
    /* What is said on the command line goes before the environment. */
    if (!options->token && !options->token_file && !options->login && token && *token)
        options->token = strdup(token);
}

static enum status read_arguments(int argc, char **argv, FILE *complaints, struct options *options) {
    int option = 0, place = 0;
    optind = 0; /* from the beginning, also the second time */
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", names, &place)) != -1) {
        if (option == '?') {
            (void)fprintf(complaints, "portfolio-top: %s: no such option, or its value is missing; see --help\n",
                          argv[optind - 1]);
            return STATUS_INVALID;
        }
        if (take_flag(option, options))
            continue;
        const char *must = take_valued(option, optarg, options);
        if (must)
            return complain(complaints, names[place].name, must);
    }
    if (argc - optind > 1)
        return complain(complaints, "PORTFOLIO_ID", "one, not several");
    return optind < argc ? take_id(argv[optind], complaints, options) : STATUS_OK;
}

enum status options_read(int argc, char **argv, FILE *complaints, struct options *ret_options) {
    struct options options = {.timeout_s = OPTIONS_TIMEOUT_S_DEFAULT};
    table_init(&options.table);
    take_environment(&options);
    char *of_environment = options.token;
    options.token = NULL;
    enum status status = read_arguments(argc, argv, complaints, &options);
    if (status == STATUS_OK && !options.token && !options.token_file && !options.login)
        options.token = of_environment;
    else
        free(of_environment);
    if (status == STATUS_OK)
        status = check(complaints, &options);
    if (status != STATUS_OK) {
        options_fini(&options);
        return status;
    }
    *ret_options = options;
    return STATUS_OK;
}

void options_fini(struct options *options) {
    if (options->token)
        explicit_bzero(options->token, strlen(options->token));
    free(options->token);
    options->token = NULL;
}
