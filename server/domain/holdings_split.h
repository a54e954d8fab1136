/* Splits in loaded holdings. Thread: any; pure. */
#ifndef PF_DOMAIN_HOLDINGS_SPLIT_H
#define PF_DOMAIN_HOLDINGS_SPLIT_H

#include "domain/holdings.h"
#include "domain/split.h"

struct position_splits {
    size_t position; /* index into the holdings' positions */
    const struct split *splits;
    size_t splits_n;
};

/* What the splits made of the lots bought before them: at each split's date a lot
 * more, of what it added (or took, at a reverse split) and without a cost. So the
 * quantities of lots as they were bought stay, a position's is what it is now,
 * and the day's change of the split's session is right by itself: what the split
 * added was not held before it, when the close was of the undivided share.
 *
 * Each lot's quantity is rounded once, after all its splits. A position that they
 * leave less than 1e-8 of keeps that; one that they take past the bound of a
 * quantity has one past it, and is unpriced. The splits themselves are kept beside
 * the lots, for prices from before them. STATUS_NO_MEMORY leaves the holdings as
 * they were. of[0..n): ordered by position, splits by date. Once a holdings. */
PF_MUST_CHECK enum status holdings_split(struct holdings *holdings, const struct position_splits *of, size_t n);

/* The quantity now of one lot as bought. */
struct quantity lot_split(struct quantity quantity, int32_t purchase_date, const struct split *splits, size_t splits_n);

#endif
