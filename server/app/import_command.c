/* `portfoliod import assets`: reference data of assets from a CSV file, plain or
 * gzip, in batches of one transaction each. A row that is wrong is named and
 * left out. Refuses files above FILE_BYTES_MAX. Thread: main. */
#include "app/import_command.h"

#include "app/asset_csv.h"
#include "app/command_actor.h"
#include "base/text_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX ((size_t)256 << 20)
#define BATCH_MAX 500
#define PROGRESS_ROWS 10000
#define NAMED_MAX 100 /* wrong rows that are named; the others are counted */
#define STATEMENT_TIMEOUT_MS 60000

enum { EXIT_DONE = 0, EXIT_INCOMPLETE = 1, EXIT_BAD_USAGE = 2 };

static const char help[] = "Usage: portfoliod import assets FILE.csv [--default COLUMN=VALUE]... [--database-url URL]\n"
                           "\n"
                           "Takes reference data of assets from a CSV file (.gz too) into the database.\n"
                           "The header says what the columns are, in any order:\n"
                           "  symbol (or ticker_symbol)  required\n"
                           "  name, sector, industry (or sub_industry), country\n"
                           "  asset_class    EQUITY, ETF, FUND, BOND, CRYPTO, CURRENCY, COMMODITY, INDEX, OTHER\n"
                           "  etf            Y or N, where there is no asset_class\n"
                           "  cryptocurrency its being there makes the class CRYPTO\n"
                           "  currency       a code like USD\n"
                           "  exchange_mic   four letters; exchange takes vendors' codes like PAR or NMS\n"
                           "  <provider>_symbol  what a provider calls the asset, like yahoo_symbol\n"
                           "Other columns are ignored. What a row leaves empty stays as it is stored, or\n"
                           "becomes the --default, like --default currency=USD.\n"
                           "\n"
                           "Rows that are wrong are named and left out; all others are kept. Run it again\n"
                           "as often as you like. Exit code: 0, or 1 when a row was left out.\n";

struct import {
    struct asset_csv columns;
    struct asset_record records[BATCH_MAX];
    struct asset_row rows[BATCH_MAX];
    size_t rows_n; /* of this batch */

    size_t read_n, wrong_n, new_n, changed_n;
};

/* The reason may quote the file: on one line, and nothing that a terminal obeys. */
static void row_refuse(struct import *import, size_t row, const char *reason) {
    if (import->wrong_n++ >= NAMED_MAX)
        return;
    (void)fprintf(stderr, "row %zu: ", row);
    for (; *reason; reason++)
        (void)fputc((unsigned char)*reason < 0x20 || *reason == 0x7f ? '?' : *reason, stderr);
    (void)fputc('\n', stderr);
}

/* Writes what has gathered; false when the database does not take it. */
static bool batch_save(struct import *import, struct db *db) {
    size_t new_n = 0, changed_n = 0;
    for (size_t i = 0; i < import->rows_n; i++)
        import->rows[i] = import->records[i].row;
    enum status status = db_ready(db);
    if (status == STATUS_OK)
        status = asset_catalog_save(db, import->rows, import->rows_n, &new_n, &changed_n);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "portfoliod: import: %s%s%s\n", status_name(status), *db_error(db) ? ": " : "",
                      db_error(db));
        return false;
    }
    import->new_n += new_n;
    import->changed_n += changed_n - new_n;
    import->rows_n = 0;
    return true;
}

/* All records behind the header. */
static bool records_import(struct import *import, struct csv *csv, struct db *db) {
    char error[256];
    for (;;) {
        enum status status = csv_next(csv);
        if (status == STATUS_NOT_FOUND)
            break;
        import->read_n++;
        struct asset_record *record = &import->records[import->rows_n];
        if (status != STATUS_OK)
            row_refuse(import, csv->row, csv->reason);
        else if (asset_csv_record(&import->columns, csv, record, error, sizeof error) != STATUS_OK)
            row_refuse(import, csv->row, error);
        else
            import->rows_n++;
        if (import->rows_n == BATCH_MAX && !batch_save(import, db))
            return false;
        if (import->read_n % PROGRESS_ROWS == 0)
            (void)fprintf(stderr, "%zu rows\n", import->read_n);
    }
    return import->rows_n == 0 || batch_save(import, db);
}

static int text_import(struct import *import, char *text, size_t len, const char *database_url) {
    struct csv csv;
    char error[256];
    csv_init(&csv, text, len);
    enum status status = csv_next(&csv);
    if (status == STATUS_OK)
        status = asset_csv_header(&import->columns, &csv, error, sizeof error);
    else
        (void)snprintf(error, sizeof error, "%s", status == STATUS_NOT_FOUND ? "the file is empty" : csv.reason);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "portfoliod: import: the header: %s\n", error);
        return EXIT_INCOMPLETE;
    }
    struct db *db = NULL;
    struct db_config config = {
        .name = "import", .database_url = database_url, .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    if (db_create(&config, &db) != STATUS_OK)
        return EXIT_INCOMPLETE;
    struct command_actor actor;
    command_actor_set(&actor, "import", db);
    bool is_done = records_import(import, &csv, db);
    db_destroy(&db);
    if (import->wrong_n > NAMED_MAX)
        (void)fprintf(stderr, "%zu more rows are wrong\n", import->wrong_n - NAMED_MAX);
    (void)printf("%zu rows: %zu new assets, %zu changed, %zu as they were, %zu wrong; %zu columns ignored\n",
                 import->read_n, import->new_n, import->changed_n,
                 import->read_n - import->wrong_n - import->rows_n - import->new_n - import->changed_n, import->wrong_n,
                 import->columns.ignored_n);
    return is_done && import->wrong_n == 0 ? EXIT_DONE : EXIT_INCOMPLETE;
}

/* --- arguments --- */

/* The value of a flag, as --name VALUE or --name=VALUE; moves *at to it. */
static char *flag_value(int argc, char *const *argv, int *at, const char *name) {
    size_t len = strlen(name);
    if (strncmp(argv[*at], name, len) != 0)
        return NULL;
    if (argv[*at][len] == '=')
        return argv[*at] + len + 1;
    return argv[*at][len] == '\0' && *at + 1 < argc ? argv[++*at] : NULL;
}

static int refuse_usage(const char *reason) {
    (void)fprintf(stderr, "portfoliod: import: %s\n\n%s", reason, help);
    return EXIT_BAD_USAGE;
}

static int assets_import(const char *database_url, int argc, char *const *argv) {
    struct import *import = calloc(1, sizeof *import);
    const char *path = NULL, *url = database_url;
    char error[256] = "";
    if (!import)
        return EXIT_INCOMPLETE;
    for (int at = 0; at < argc && !error[0]; at++) {
        char *value = NULL;
        if (strncmp(argv[at], "--", 2) != 0 && !path)
            path = argv[at];
        else if ((value = flag_value(argc, argv, &at, "--database-url")))
            url = value;
        else if (!(value = flag_value(argc, argv, &at, "--default")))
            (void)snprintf(error, sizeof error, "what is \"%.100s\"?", argv[at]);
        else if (asset_csv_default(&import->columns, value, error, sizeof error) != STATUS_OK)
            break;
    }
    char *text = NULL;
    size_t len = 0;
    int code = EXIT_BAD_USAGE;
    if (error[0] || !path) {
        code = refuse_usage(error[0] ? error : "which file?");
    } else {
        enum status status = text_file_read(path, FILE_BYTES_MAX, &text, &len);
        if (status == STATUS_OK)
            code = text_import(import, text, len, url);
        else
            (void)fprintf(stderr, "portfoliod: import: %s: %s\n", path,
                          status == STATUS_LIMIT       ? "is too large"
                          : status == STATUS_NOT_FOUND ? "cannot be opened"
                                                       : "cannot be read to its end");
        if (status != STATUS_OK)
            code = EXIT_INCOMPLETE;
    }
    free(text);
    free(import);
    return code;
}

int import_command_run(const struct config *config, int argc, char *const *argv) {
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return printf("%s", help) > 0 ? EXIT_DONE : EXIT_INCOMPLETE;
    }
    if (argc < 1)
        return refuse_usage("what is to be imported?");
    if (strcmp(argv[0], "assets") != 0)
        return refuse_usage("only assets can be imported");
    return assets_import(config->database_url, argc - 1, argv + 1);
}
