/* Columns and values of assets' CSV files. Refuses what is no symbol, class,
 * currency or MIC, texts that are too long, and columns that say one thing
 * twice. Thread: any; pure. */
#include "app/asset_csv.h"

#include "app/country.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NAME_CHARS_MAX 200
#define TEXT_CHARS_MAX 100

static const struct {
    const char *name;
    enum asset_column column;
} names[] = {
    {"symbol", ASSET_COLUMN_SYMBOL},         {"ticker_symbol", ASSET_COLUMN_SYMBOL},
    {"ticker", ASSET_COLUMN_SYMBOL},         {"name", ASSET_COLUMN_NAME},
    {"asset_class", ASSET_COLUMN_CLASS},     {"currency", ASSET_COLUMN_CURRENCY},
    {"exchange_mic", ASSET_COLUMN_MIC},      {"mic", ASSET_COLUMN_MIC},
    {"exchange", ASSET_COLUMN_EXCHANGE},     {"sector", ASSET_COLUMN_SECTOR},
    {"industry", ASSET_COLUMN_INDUSTRY},     {"sub_industry", ASSET_COLUMN_INDUSTRY},
    {"country", ASSET_COLUMN_COUNTRY},       {"etf", ASSET_COLUMN_ETF},
    {"cryptocurrency", ASSET_COLUMN_CRYPTO},
};

/* What data vendors call exchanges, and their MICs. */
static const char *const exchanges[][2] = {
    {"EBS", "XSWX"}, {"SIX", "XSWX"}, {"PAR", "XPAR"},  {"AMS", "XAMS"}, {"TOR", "XTSE"}, {"TSX", "XTSE"},
    {"VAN", "XTSX"}, {"LSE", "XLON"}, {"GER", "XETR"},  {"FRA", "XFRA"}, {"MIL", "XMIL"}, {"MCE", "XMAD"},
    {"BRU", "XBRU"}, {"LIS", "XLIS"}, {"VIE", "XWBO"},  {"STO", "XSTO"}, {"OSL", "XOSL"}, {"CPH", "XCSE"},
    {"HEL", "XHEL"}, {"ISE", "XDUB"}, {"WSE", "XWAR"},  {"JPX", "XTKS"}, {"HKG", "XHKG"}, {"SHH", "XSHG"},
    {"SHZ", "XSHE"}, {"KSC", "XKRX"}, {"KOE", "XKOS"},  {"TAI", "XTAI"}, {"NSI", "XNSE"}, {"BSE", "XBOM"},
    {"SES", "XSES"}, {"ASX", "XASX"}, {"NZE", "XNZE"},  {"JNB", "XJSE"}, {"TLV", "XTAE"}, {"SAO", "BVMF"},
    {"MEX", "XMEX"}, {"NMS", "XNAS"}, {"NGM", "XNAS"},  {"NCM", "XNAS"}, {"NAS", "XNAS"}, {"NASDAQ", "XNAS"},
    {"NYQ", "XNYS"}, {"NYS", "XNYS"}, {"NYSE", "XNYS"}, {"ASE", "XASE"}, {"PCX", "ARCX"}, {"BTS", "BATS"},
};

/* <provider>_symbol: the provider's length, 0 when it is no such name. */
static size_t provider_len(const char *name) {
    static const char suffix[] = "_symbol";
    size_t len = strlen(name);
    if (len <= sizeof suffix - 1 || strcmp(name + len - (sizeof suffix - 1), suffix) != 0)
        return 0;
    len -= sizeof suffix - 1;
    return len <= ASSET_PROVIDER_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz") == len ? len : 0;
}

static enum asset_column column_find(const char *name) {
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(names[i].name, name) == 0)
            return names[i].column;
    }
    return provider_len(name) > 0 ? ASSET_COLUMN_PROVIDER : ASSET_COLUMN_NONE;
}

static bool is_said_before(const struct asset_csv *csv, const struct csv *header, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (csv->columns[i] != csv->columns[at] || csv->columns[i] == ASSET_COLUMN_NONE)
            continue;
        if (csv->columns[i] != ASSET_COLUMN_PROVIDER || strcasecmp(header->fields[i], header->fields[at]) == 0)
            return true;
    }
    return false;
}

enum status asset_csv_header(struct asset_csv *csv, const struct csv *header, char *error, size_t error_len) {
    bool has_symbol = false;
    csv->columns_n = header->fields_n;
    csv->ignored_n = 0;
    for (size_t i = 0; i < header->fields_n; i++) {
        const char *name = header->fields[i];
        csv->columns[i] = column_find(name);
        if (is_said_before(csv, header, i)) {
            (void)snprintf(error, error_len, "the column \"%.60s\" says what another one says", name);
            return STATUS_INVALID;
        }
        has_symbol = has_symbol || csv->columns[i] == ASSET_COLUMN_SYMBOL;
        csv->is_crypto = csv->is_crypto || csv->columns[i] == ASSET_COLUMN_CRYPTO;
        csv->ignored_n += csv->columns[i] == ASSET_COLUMN_NONE;
        (void)snprintf(csv->names[i], sizeof csv->names[i], "%s", name);
        if (csv->columns[i] == ASSET_COLUMN_PROVIDER)
            (void)snprintf(csv->providers[i], sizeof csv->providers[i], "%.*s", (int)provider_len(name), name);
    }
    if (!has_symbol)
        (void)snprintf(error, error_len, "there is no column \"symbol\"");
    return has_symbol ? STATUS_OK : STATUS_INVALID;
}

/* --- values --- */

static bool text_fits(const char *text, size_t chars_max) {
    size_t chars_n = 0;
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
        chars_n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return chars_n <= chars_max;
}

static const char *class_find(const char *text) {
    for (const char *const *class = asset_classes; *class; class ++) {
        if (strcasecmp(*class, text) == 0)
            return *class;
    }
    return NULL;
}

static const char *exchange_find(const char *text) {
    for (size_t i = 0; i < sizeof exchanges / sizeof exchanges[0]; i++) {
        if (strcasecmp(exchanges[i][0], text) == 0)
            return exchanges[i][1];
    }
    return NULL;
}

static bool is_mic(const char *text) {
    return strlen(text) == 4 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == 4;
}

/* Sets what the value says in the row; why it cannot, or NULL. */
static const char *value_set(struct asset_record *record, enum asset_column column, const char *text) {
    struct asset_row *row = &record->row;
    switch (column) {
    case ASSET_COLUMN_SYMBOL:
        return symbol_parse(text, strlen(text), &row->symbol) == STATUS_OK ? NULL
                                                                           : "must be 1 to 32 of A-Z 0-9 . - _ : = ^ /";
    case ASSET_COLUMN_NAME:
        row->name = text;
        return text_fits(text, NAME_CHARS_MAX) ? NULL : "must have at most 200 characters, none of them control";
    case ASSET_COLUMN_CLASS:
        row->asset_class = class_find(text);
        return row->asset_class ? NULL
                                : "must be one of EQUITY, ETF, FUND, BOND, CRYPTO, CURRENCY, COMMODITY, INDEX, OTHER";
    case ASSET_COLUMN_CURRENCY:
        row->currency = record->currency.code;
        return currency_parse(text, strlen(text), &record->currency) == STATUS_OK
                   ? NULL
                   : "must be a currency code of three letters";
    case ASSET_COLUMN_MIC:
        row->exchange_mic = text;
        return is_mic(text) ? NULL : "must be four of A-Z 0-9 (ISO 10383)";
    case ASSET_COLUMN_EXCHANGE: /* an unknown one says nothing; a column of MICs rules */
        if (!row->exchange_mic)
            row->exchange_mic = is_mic(text) ? text : exchange_find(text);
        return NULL;
    case ASSET_COLUMN_SECTOR:
        row->sector = text;
        break;
    case ASSET_COLUMN_INDUSTRY:
        row->industry = text;
        break;
    case ASSET_COLUMN_COUNTRY:
        row->country = country_code(text);
        break;
    case ASSET_COLUMN_ETF:
        if (strcasecmp(text, "Y") != 0 && strcasecmp(text, "N") != 0)
            return "must be Y or N";
        if (!row->asset_class)
            row->asset_class = *text == 'Y' || *text == 'y' ? "ETF" : "EQUITY";
        return NULL;
    default:
        return NULL;
    }
    return text_fits(text, TEXT_CHARS_MAX) ? NULL : "must have at most 100 characters, none of them control";
}

/* White space around a value is no part of it. */
static const char *value_trim(const struct csv *record, size_t at) {
    char *text = record->fields[at];
    size_t len = record->lens[at];
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    return text + strspn(text, " \t\r\n");
}

static const char *provider_symbol_add(struct asset_record *record, const char *provider, const char *text) {
    char *out = record->provider_symbols;
    size_t len = strlen(out), size = sizeof record->provider_symbols;
    if (!text_fits(text, 64) || strpbrk(text, "\"\\"))
        return "must have at most 64 characters, no quote and no backslash";
    int n = snprintf(out + len - (len > 0), size - len, "%s\"%s\":\"%s\"}", len > 0 ? "," : "{", provider, text);
    return n > 0 && (size_t)n < size - len ? NULL : "is one symbol of a provider too many";
}

static bool is_set(const struct asset_row *row, enum asset_column column) {
    const char *const values[ASSET_COLUMN_N] = {[ASSET_COLUMN_NAME] = row->name,
                                                [ASSET_COLUMN_CLASS] = row->asset_class,
                                                [ASSET_COLUMN_CURRENCY] = row->currency,
                                                [ASSET_COLUMN_MIC] = row->exchange_mic,
                                                [ASSET_COLUMN_EXCHANGE] = row->exchange_mic,
                                                [ASSET_COLUMN_SECTOR] = row->sector,
                                                [ASSET_COLUMN_INDUSTRY] = row->industry,
                                                [ASSET_COLUMN_COUNTRY] = row->country};
    return values[column] != NULL;
}

enum status asset_csv_record(const struct asset_csv *csv, const struct csv *record, struct asset_record *ret_record,
                             char *error, size_t error_len) {
    if (record->fields_n != csv->columns_n) {
        (void)snprintf(error, error_len, "has %zu fields, the header %zu", record->fields_n, csv->columns_n);
        return STATUS_INVALID;
    }
    *ret_record = (struct asset_record){0};
    /* MICs and classes before what is only read in their absence. */
    for (size_t column = ASSET_COLUMN_SYMBOL; column < ASSET_COLUMN_N; column++) {
        for (size_t i = 0; i < csv->columns_n; i++) {
            const char *text = csv->columns[i] == column ? value_trim(record, i) : "";
            if (csv->columns[i] != column || (!*text && column != ASSET_COLUMN_SYMBOL))
                continue;
            const char *reason = column == ASSET_COLUMN_PROVIDER
                                     ? provider_symbol_add(ret_record, csv->providers[i], text)
                                     : value_set(ret_record, (enum asset_column)column, text);
            if (reason) {
                (void)snprintf(error, error_len, "%s: \"%.60s\" %s", csv->names[i], text, reason);
                return STATUS_INVALID;
            }
        }
    }
    if (ret_record->provider_symbols[0])
        ret_record->row.provider_symbols = ret_record->provider_symbols;
    if (csv->is_crypto && !ret_record->row.asset_class)
        ret_record->row.asset_class = "CRYPTO";
    for (size_t column = ASSET_COLUMN_NAME; column < ASSET_COLUMN_N; column++) {
        if (csv->defaults[column] && !is_set(&ret_record->row, (enum asset_column)column))
            (void)value_set(ret_record, (enum asset_column)column, csv->defaults[column]);
    }
    return STATUS_OK;
}

enum status asset_csv_default(struct asset_csv *csv, char *text, char *error, size_t error_len) {
    char *equals = strchr(text, '=');
    struct asset_record record = {0};
    if (equals)
        *equals = '\0';
    enum asset_column column = equals ? column_find(text) : ASSET_COLUMN_NONE;
    const char *reason =
        column <= ASSET_COLUMN_SYMBOL || column >= ASSET_COLUMN_ETF ? "is no column with a default" : NULL;
    if (!reason)
        reason = value_set(&record, column, equals + 1);
    if (reason) {
        (void)snprintf(error, error_len, "%.60s: %s", text, reason);
        return STATUS_INVALID;
    }
    csv->defaults[column] = equals + 1;
    return STATUS_OK;
}
