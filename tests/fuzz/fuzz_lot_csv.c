/* Imports of lots: whatever comes, each row is taken with legal values or
 * counted as wrong, and every error names a row. */
#include "app/lot_csv.h"
#include "fuzz.h"

#include <string.h>

#define LAST_DATE 30000

static void lot_check(const struct lot_csv *csv, const struct import_lot *lot, size_t last_row) {
    FUZZ_CHECK(lot->row > last_row);
    if (lot->outcome == IMPORT_WRONG)
        return;
    FUZZ_CHECK(lot->symbol.len >= 1 && lot->symbol.len <= SYMBOL_MAX);
    FUZZ_CHECK(lot->quantity.e8 > 0 && lot->quantity.e8 <= DECIMAL_MAX_E8);
    FUZZ_CHECK(lot->purchase_price.e8 >= 0 && lot->purchase_price.e8 <= DECIMAL_MAX_E8);
    FUZZ_CHECK(lot->fee.e8 >= 0 && lot->fee.e8 <= DECIMAL_MAX_E8);
    FUZZ_CHECK(lot->fx_rate_e8 >= 0 && lot->fx_rate_e8 <= DECIMAL_MAX_E8);
    FUZZ_CHECK(lot->purchase_date <= LAST_DATE);
    FUZZ_CHECK(!lot->external_id || (*lot->external_id && strlen(lot->external_id) <= EXTERNAL_ID_MAX));
    FUZZ_CHECK((lot->outcome == IMPORT_DUPLICATE) == (lot->same_as != NULL));
    if (!lot->same_as || !lot->external_id)
        return;
    const char *twin = lot->same_as->external_id;
    FUZZ_CHECK(lot->same_as >= csv->lots && lot->same_as < lot && twin && strcmp(twin, lot->external_id) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    struct lot_csv csv;
    if (!text)
        return 0;
    memcpy(text, data, size);
    if (lot_csv_read(text, size, LAST_DATE, &csv) == STATUS_OK) {
        size_t wrong_n = 0, last_row = 1;
        for (size_t i = 0; i < csv.lots_n; i++) {
            lot_check(&csv, &csv.lots[i], last_row);
            last_row = csv.lots[i].row;
            wrong_n += csv.lots[i].outcome == IMPORT_WRONG;
        }
        FUZZ_CHECK(csv.errors_n >= wrong_n);
        FUZZ_CHECK(!csv.is_unfit || csv.errors_n > 0);
        for (size_t i = 0; i < csv.errors_n && i < LOT_CSV_ERRORS_MAX; i++)
            FUZZ_CHECK(csv.errors[i].row >= 1 && csv.errors[i].detail[0]);
        lot_csv_fini(&csv);
    }
    free(text);
    return 0;
}
