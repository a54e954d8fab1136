/* The codes, and the table of minor units. Thread: any; pure. */
#include "domain/currency.h"

#include <string.h>

#define MINOR_FACTOR 100u

static const struct {
    char code[4], alias[4], major[4]; /* alias: what others call it */
} minors[] = {{"GBp", "GBX", "GBP"}, {"ZAc", "ZAC", "ZAR"}, {"ILA", "ILA", "ILS"}};
#define MINORS_N (sizeof minors / sizeof minors[0])

/* ISO 4217's list one as of 2026, without the codes for tests and for no currency,
 * bond-market units and what was withdrawn. */
static const char iso_codes[] =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR "
    "KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XCD XCG XDR XOF XPD XPF XPT XSU XUA "
    "YER ZAR ZMW ZWG ";

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

/* Of ASCII only: the locale must not decide what a code is. */
static char fold(char c) {
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

enum status currency_parse(const char *text, size_t len, struct currency *ret_currency) {
    struct currency currency = {{0}};
    if (len != sizeof currency.code - 1)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        currency.code[i] = fold(text[i]);
        if (currency.code[i] < 'A' || currency.code[i] > 'Z')
            return STATUS_INVALID;
    }
    for (size_t i = 0; i < MINORS_N; i++) {
        if (memcmp(text, minors[i].code, len) == 0 || memcmp(currency.code, minors[i].alias, len) == 0)
            memcpy(currency.code, minors[i].code, len);
    }
    *ret_currency = currency;
    return STATUS_OK;
}

bool currency_is_iso(struct currency currency) {
    for (const char *at = iso_codes; *at; at += 4) {
        if (memcmp(at, currency.code, 3) == 0)
            return true;
    }
    return false;
}

bool currency_equal(struct currency a, struct currency b) {
    return memcmp(a.code, b.code, sizeof a.code) == 0;
}

struct currency currency_major(struct currency currency) {
    for (size_t i = 0; i < MINORS_N; i++) {
        if (memcmp(currency.code, minors[i].code, sizeof currency.code) == 0)
            memcpy(currency.code, minors[i].major, sizeof currency.code);
    }
    return currency;
}

unsigned currency_factor(struct currency currency) {
    return currency_equal(currency, currency_major(currency)) ? 1 : MINOR_FACTOR;
}
