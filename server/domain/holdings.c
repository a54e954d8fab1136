/* The end of a loaded portfolio's rows. Thread: any. */
#include "domain/holdings.h"

#include <stdlib.h>

void holdings_destroy(struct holdings **holdings) {
    struct holdings *it = *holdings;
    if (!it)
        return;
    *holdings = NULL;
    free(it->positions);
    free(it->lots);
    free(it->fx_rates);
    free(it->splits);
    free(it);
}
