/* What the database says of a portfolio at one version: its row, its lots, and
 * at which version each ticker's lots last changed. Value type. Thread: any. */
#ifndef PF_DOMAIN_HOLDINGS_H
#define PF_DOMAIN_HOLDINGS_H

#include "base/decimal.h"
#include "base/uuid.h"
#include "domain/split.h"
#include "domain/symbol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORTFOLIO_NAME_MAX 200 /* characters; at most 4 bytes each */

struct holdings_lot {         /* in this order 32 bytes; there are tens of millions */
    struct amount cost_basis; /* round(quantity x purchase_price) + fee */
    struct quantity quantity; /* > 0 */
    int32_t purchase_date;
};

struct holdings_position {
    struct symbol symbol;
    struct currency currency; /* its lots' and, to be valued, its quote's; "": the portfolio's */
    uint64_t version;         /* at which its lots last changed */
    size_t lots_first;        /* index into lots */
    size_t lots_n;            /* 0: no longer held (a row of position_versions only) */
    size_t splits_first;      /* index into splits */
    size_t splits_n;
};

struct holdings {
    struct uuid portfolio_id;
    struct uuid customer_id; /* whose it is */
    int64_t created_us;      /* with its id: which portfolio it is; one that is deleted and made again is another */
    char name[PORTFOLIO_NAME_MAX * 4 + 1];
    struct currency base_currency;
    struct amount cash_balance;
    uint64_t version;
    uint64_t
        currencies_version; /* at which a row may last have come from another currency to base_currency; 0: never */
    size_t positions_n;     /* ordered by symbol, all distinct, gone ones included */
    struct holdings_position *positions;
    size_t lots_n; /* of a position: ordered by purchase_date */
    struct holdings_lot *lots;
    size_t added_lots_n; /* of them: not bought, but what splits added (holdings_split) */
    /* By lot, of those in another currency: units of base_currency for one major when it was bought; 0 = not known.
     * NULL: none is. */
    struct price *fx_rates;
    /* Of the positions that have any: those that are in the lots (holdings_split), by position and date. */
    size_t splits_n;
    struct split *splits;
};

/* Which portfolio an id stands for, and at which version. */
struct holdings_version {
    int64_t created_us;
    uint64_t version; /* 0: there is none */
};

static inline struct holdings_version holdings_which(const struct holdings *holdings) {
    return (struct holdings_version){.created_us = holdings->created_us, .version = holdings->version};
}

/* Whether what was read later, `next`, goes on from `known`: if not it is another portfolio under the same id, or one
 * as it was before (a restored dump). */
static inline bool holdings_version_follows(const struct holdings_version *next, const struct holdings_version *known) {
    return next->created_us == known->created_us && next->version >= known->version;
}

void holdings_destroy(struct holdings **holdings);

#endif
