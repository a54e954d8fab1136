/* The engine's loads, and whose portfolios those are that somebody asks for, as
 * jobs of the store. Thread: L submits and completes; W works. */
#include "app/shard_internal.h"
#include "store/holdings.h"

#include <stdlib.h>
#include <string.h>

struct load_job {
    struct store_job job;
    struct shard *shard;
    struct uuid portfolio_id;
    struct holdings *holdings;
};

#define JOB_OF(store_job, type) ((type *)(void *)((char *)(store_job)-offsetof(type, job)))

/* Thread: W. */
static enum status load_work(struct store_job *store_job, struct db *db) {
    struct load_job *job = JOB_OF(store_job, struct load_job);
    return holdings_load(db, &job->portfolio_id, &job->holdings);
}

static void load_done(struct store_job *store_job) {
    struct load_job *job = JOB_OF(store_job, struct load_job);
    engine_on_loaded(job->shard->engine, &job->portfolio_id, store_job->status, job->holdings);
    free(job);
}

enum status shard_load(void *context, const struct uuid *portfolio_id) {
    struct shard *shard = context;
    struct load_job *job = calloc(1, sizeof *job);
    if (!job)
        return STATUS_NO_MEMORY;
    job->job.work = load_work;
    job->job.done = load_done;
    job->shard = shard;
    job->portfolio_id = *portfolio_id;
    enum status status = store_submit(shard->instance->store, shard->mailbox, &job->job);
    if (status != STATUS_OK)
        free(job);
    return status;
}

struct versions_job {
    struct store_job job;
    struct shard *shard;
    size_t n;
    struct uuid *ids;
    struct holdings_version *versions;
};

/* Thread: W. */
static enum status versions_work(struct store_job *store_job, struct db *db) {
    struct versions_job *job = JOB_OF(store_job, struct versions_job);
    return holdings_load_versions(db, job->ids, job->n, job->versions);
}

static void versions_free(struct versions_job *job) {
    if (!job)
        return;
    free(job->ids);
    free(job->versions);
    free(job);
}

static void versions_done(struct store_job *store_job) {
    struct versions_job *job = JOB_OF(store_job, struct versions_job);
    engine_on_versions(job->shard->engine, job->ids, job->versions, store_job->status == STATUS_OK ? job->n : 0);
    versions_free(job);
}

enum status shard_load_versions(void *context, const struct uuid *ids, size_t n) {
    struct shard *shard = context;
    struct versions_job *job = calloc(1, sizeof *job);
    if (!job)
        return STATUS_NO_MEMORY;
    *job = (struct versions_job){.job = {.work = versions_work, .done = versions_done},
                                 .shard = shard,
                                 .n = n,
                                 .ids = calloc(n, sizeof *ids),
                                 .versions = calloc(n, sizeof *job->versions)};
    enum status status = job->ids && job->versions ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        memcpy(job->ids, ids, n * sizeof *ids);
        status = store_submit(shard->instance->store, shard->mailbox, &job->job);
    }
    if (status != STATUS_OK)
        versions_free(job);
    return status;
}

struct customers_job {
    struct store_job job;
    struct shard *shard;
    size_t n;
    struct uuid *ids;
    struct portfolio_customer *customers;
};

/* Thread: W. */
static enum status customers_work(struct store_job *store_job, struct db *db) {
    struct customers_job *job = JOB_OF(store_job, struct customers_job);
    return holdings_load_customers(db, job->ids, job->n, job->customers);
}

static void customers_free(struct customers_job *job) {
    if (!job)
        return;
    free(job->ids);
    free(job->customers);
    free(job);
}

static void customers_done(struct store_job *store_job) {
    struct customers_job *job = JOB_OF(store_job, struct customers_job);
    bool is_cancelled = atomic_load(&store_job->job.is_cancelled);
    hub_access_on_customers(job->shard->hub, is_cancelled ? STATUS_CANCELLED : store_job->status, job->ids,
                            job->customers, job->n);
    customers_free(job);
}

enum status shard_load_customers(void *context, const struct uuid *ids, size_t n) {
    struct shard *shard = context;
    struct customers_job *job = calloc(1, sizeof *job);
    if (!job)
        return STATUS_NO_MEMORY;
    *job = (struct customers_job){.job = {.work = customers_work, .done = customers_done},
                                  .shard = shard,
                                  .n = n,
                                  .ids = calloc(n, sizeof *ids),
                                  .customers = calloc(n, sizeof *job->customers)};
    enum status status = job->ids && job->customers ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        memcpy(job->ids, ids, n * sizeof *ids);
        status = store_submit(shard->instance->store, shard->mailbox, &job->job);
    }
    if (status != STATUS_OK)
        customers_free(job);
    return status;
}
