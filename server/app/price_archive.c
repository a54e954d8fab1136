/* Owns the poller's database connection. Thread: the poller's. */
#include "app/price_archive.h"

#include "store/assets.h"
#include "store/db.h"
#include "store/provider_usage.h"

#include <stdio.h>
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

static enum status find_listed(void *context, const struct symbol *symbols, size_t n, struct symbol **ret_found,
                               size_t *ret_found_n) {
    struct archive *archive = context;
    enum status status = db_ready(archive->db);
    return status == STATUS_OK ? assets_find_listed(archive->db, symbols, n, ret_found, ret_found_n) : status;
}

static enum status save_prices(void *context, const struct quote *quotes, size_t n) {
    struct archive *archive = context;
    enum status status = db_ready(archive->db);
    return status == STATUS_OK ? assets_save_prices(archive->db, quotes, n) : status;
}

static uint32_t count_of(int64_t n) {
    return n < 0 ? 0 : n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static enum status load_usage(void *context, struct provider_usage **ret_usages, size_t *ret_n) {
    struct archive *archive = context;
    struct provider_usage_row *rows = NULL;
    size_t n = 0;
    enum status status = db_ready(archive->db);
    if (status == STATUS_OK)
        status = provider_usage_load(archive->db, &rows, &n);
    if (status != STATUS_OK)
        return status;
    struct provider_usage *usages = calloc(n + 1, sizeof *usages);
    for (size_t i = 0; usages && i < n; i++) {
        (void)snprintf(usages[i].name, sizeof usages[i].name, "%s", rows[i].provider);
        usages[i].usage = (struct quota_usage){.day = rows[i].day,
                                               .day_n = count_of(rows[i].day_n),
                                               .minute_n = count_of(rows[i].minute_n),
                                               .last_wall_ms = rows[i].last_request_ms};
    }
    free(rows);
    if (!usages)
        return STATUS_NO_MEMORY;
    *ret_usages = usages;
    *ret_n = n;
    return STATUS_OK;
}

static enum status save_usage(void *context, const struct provider_usage *usages, size_t n) {
    struct archive *archive = context;
    struct provider_usage_row *rows = calloc(n + 1, sizeof *rows);
    enum status status = rows ? db_ready(archive->db) : STATUS_NO_MEMORY;
    for (size_t i = 0; rows && i < n; i++) {
        const struct quota_usage *usage = &usages[i].usage;
        rows[i] = (struct provider_usage_row){.day = usage->day,
                                              .day_n = usage->day_n,
                                              .minute_n = usage->minute_n,
                                              .last_request_ms = usage->last_wall_ms};
        (void)snprintf(rows[i].provider, sizeof rows[i].provider, "%s", usages[i].name);
    }
    if (status == STATUS_OK)
        status = provider_usage_save(archive->db, rows, n);
    free(rows);
    return status;
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
                                            .save_prices = save_prices,
                                            .find_listed = find_listed,
                                            .load_usage = load_usage,
                                            .save_usage = save_usage};
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
