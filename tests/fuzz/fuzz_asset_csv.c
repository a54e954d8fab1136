/* Files of assets: the header, then records until the end. A record that is
 * taken is one that the catalog's checks would take. */
#include "app/asset_csv.h"
#include "fuzz.h"

#include <string.h>

static void record_check(const struct asset_row *row) {
    FUZZ_CHECK(row->symbol.len >= 1 && row->symbol.len <= SYMBOL_MAX);
    FUZZ_CHECK(!row->name || (*row->name && strlen(row->name) <= 800));
    FUZZ_CHECK(!row->sector || (*row->sector && strlen(row->sector) <= 400));
    FUZZ_CHECK(!row->exchange_mic || strlen(row->exchange_mic) == 4);
    FUZZ_CHECK(!row->currency || strlen(row->currency) == 3);
    if (row->provider_symbols) {
        size_t len = strlen(row->provider_symbols);
        FUZZ_CHECK(len > 2 && row->provider_symbols[0] == '{' && row->provider_symbols[len - 1] == '}');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct asset_csv columns = {0};
    struct asset_record record;
    struct csv csv;
    char error[256] = "", *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    csv_init(&csv, text, size);
    if (csv_next(&csv) == STATUS_OK && asset_csv_header(&columns, &csv, error, sizeof error) == STATUS_OK) {
        size_t last_row = csv.row;
        for (enum status status = csv_next(&csv); status != STATUS_NOT_FOUND; status = csv_next(&csv)) {
            FUZZ_CHECK(csv.row > last_row);
            last_row = csv.row;
            if (status != STATUS_OK) {
                FUZZ_CHECK(csv.reason);
                continue;
            }
            for (size_t i = 0; i < csv.fields_n; i++)
                FUZZ_CHECK(csv.fields[i] >= text && csv.fields[i] + csv.lens[i] <= text + size);
            error[0] = '\0';
            if (asset_csv_record(&columns, &csv, &record, error, sizeof error) == STATUS_OK)
                record_check(&record.row);
            else
                FUZZ_CHECK(error[0]);
        }
    }
    free(text);
    return 0;
}
