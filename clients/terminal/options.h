/* The command line and the environment, checked. Thread: main. */
#ifndef PF_TERMINAL_OPTIONS_H
#define PF_TERMINAL_OPTIONS_H

#include "protocol/fields.h"
#include "terminal/server_url.h"
#include "terminal/table.h"
#include "terminal/watch.h"

#include <stdio.h>

/* What the program ends with. */
enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1,
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_NOT_FOUND = 3,
    EXIT_CODE_UNAUTHORIZED = 4,
    EXIT_CODE_UNREACHABLE = 5,
    EXIT_CODE_SIGNAL = 128 /* and its number */
};

#define OPTIONS_TIMEOUT_S_DEFAULT 10
#define OPTIONS_ID_LEN 36

struct options {
    struct server_url server_url;
    const char *url;
    char *token; /* of the environment or --token; a copy that options_fini overwrites */
    const char *token_file, *login, *ca_file;
    bool is_insecure, is_once, is_json, is_list, has_color, is_help, is_version;
    int timeout_s;
    field_mask fields; /* 0: all */
    struct watch_wish wish;
    struct table table;                    /* columns and order */
    char portfolio_id[OPTIONS_ID_LEN + 1]; /* "": not said */
};

/* INVALID, after saying why on `complaints`. What argv says of a token is
 * overwritten: the list of processes shows it to everybody. */
PF_MUST_CHECK enum status options_read(int argc, char **argv, FILE *complaints, struct options *ret_options);
void options_fini(struct options *options);
void options_print_help(FILE *out);

#endif
