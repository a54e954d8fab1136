/* Owns the poller's database connection. Thread: the poller's. */
#include "app/price_archive.h"

#include "store/assets.h"
#include "store/db.h"

#include <stdlib.h>

struct archive {
    struct price_archive ports; /* first: what the poller sees */
    struct db *db;
};

static enum status load_held_symbols(void *context, struct symbol **ret_symbols, size_t *ret_n) {
    struct archive *archive = context;
    enum status status = db_ready(archive->db);
    return status == STATUS_OK ? assets_load_held_symbols(archive->db, ret_symbols, ret_n) : status;
}

static enum status load_prices(void *context, struct quote **ret_quotes, size_t *ret_n) {
    struct archive *archive = context;
    enum status status = db_ready(archive->db);
    return status == STATUS_OK ? assets_load_prices(archive->db, ret_quotes, ret_n) : status;
}

static enum status save_prices(void *context, const struct quote *quotes, size_t n) {
    struct archive *archive = context;
    enum status status = db_ready(archive->db);
    return status == STATUS_OK ? assets_save_prices(archive->db, quotes, n) : status;
}

enum status price_archive_create(const char *database_url, int64_t statement_timeout_ms, const stop_time *stop_at,
                                 struct price_archive **ret_archive) {
    struct archive *archive = calloc(1, sizeof *archive);
    if (!archive)
        return STATUS_NO_MEMORY;
    struct db_config config = {.name = "archive",
                               .database_url = database_url,
                               .statement_timeout_ms = statement_timeout_ms,
                               .stop_at = stop_at};
    enum status status = db_create(&config, &archive->db);
    if (status != STATUS_OK) {
        free(archive);
        return status;
    }
    archive->ports = (struct price_archive){.context = archive,
                                            .load_held_symbols = load_held_symbols,
                                            .load_prices = load_prices,
                                            .save_prices = save_prices};
    *ret_archive = &archive->ports;
    return STATUS_OK;
}

void price_archive_destroy(struct price_archive **archive) {
    if (!*archive)
        return;
    struct archive *dying = (*archive)->context;
    db_destroy(&dying->db);
    free(dying);
    *archive = NULL;
}
