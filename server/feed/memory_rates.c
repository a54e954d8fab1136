/* Buckets that the loops of one process share: the sums, a table for each name,
 * under the bus' lock. Refuses more than MEMORY_RATES_MAX tables. Thread: any. */
#include "feed/bus_memory_internal.h"

#define KEYS_MAX 65536

/* Locked. */
static struct rate_limit *table_of(struct bus_memory *memory, const struct bus_rates *rates) {
    for (size_t i = 0; i < MEMORY_RATES_MAX; i++) {
        struct memory_rates *row = &memory->rates[i];
        if (!row->sums) {
            row->table = rates->table;
            return rate_limit_create(&rates->rate, KEYS_MAX, false, &row->sums) == STATUS_OK ? row->sums : NULL;
        }
        if (strcmp(row->table, rates->table) == 0)
            return row->sums;
    }
    return NULL;
}

enum status memory_rates_share(struct bus_memory *memory, const struct bus_rates *rates, bus_rates_fn done,
                               void *context) {
    int64_t used_units[BUS_RATES_MAX];
    if (rates->n > BUS_RATES_MAX)
        return STATUS_LIMIT;
    int64_t now_ms = clock_monotonic_ms(memory->clock);
    pthread_mutex_lock(&memory->lock);
    struct rate_limit *sums = table_of(memory, rates);
    for (size_t i = 0; sums && i < rates->n; i++)
        used_units[i] = rate_limit_add(sums, &rates->told[i].key, rates->told[i].taken_units, now_ms);
    if (sums)
        rate_limit_sweep(sums, 2 * rates->n, now_ms);
    pthread_mutex_unlock(&memory->lock);
    if (!sums)
        return STATUS_NO_MEMORY;
    done(context, used_units, rates->n);
    return STATUS_OK;
}

void memory_rates_fini(struct bus_memory *memory) {
    for (size_t i = 0; i < MEMORY_RATES_MAX; i++)
        rate_limit_destroy(&memory->rates[i].sums);
}
