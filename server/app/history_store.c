/* Owns the historian's database connection. What a provider told and how far the
 * job is are one transaction. Thread: the historian's. */
#include "app/history_store.h"

#include "base/uuid.h"
#include "ops/log.h"
#include "store/assets.h"
#include "store/bars.h"
#include "store/closings.h"
#include "store/corporate_actions.h"
#include "store/exchange_rates.h"
#include "store/jobs.h"
#include "store/portfolio_values.h"

#include <stdlib.h>

struct history_store {
    struct history_archive ports; /* first: what the historian sees */
    struct db *db;
    struct uuid runner; /* of this process */
};

static struct job_claim claim_of(const struct history_task *task) {
    return (struct job_claim){
        .job_id = task->job_id, .symbol = task->symbol, .next = task->next, .to = task->to, .failures = task->failures};
}

static enum status adopt(void *context, int64_t *ret_n) {
    struct history_store *store = context;
    enum status status = db_ready(store->db);
    return status == STATUS_OK ? jobs_adopt(store->db, &store->runner, ret_n) : status;
}

static enum status claim(void *context, struct history_task *ret_task) {
    struct history_store *store = context;
    struct job_claim found;
    enum status status = db_ready(store->db);
    if (status == STATUS_OK)
        status = jobs_claim(store->db, &store->runner, &found);
    if (status == STATUS_OK)
        *ret_task = (struct history_task){.job_id = found.job_id,
                                          .symbol = found.symbol,
                                          .next = found.next,
                                          .to = found.to,
                                          .failures = found.failures,
                                          .is_close = found.kind == JOB_CLOSE,
                                          .is_splits = found.kind == JOB_SPLITS};
    return status;
}

/* --- saving --- */

static enum status rates_save(struct db *db, const struct provider_history *history) {
    if (history->rates_n == 0)
        return STATUS_OK;
    struct exchange_rate *rates = calloc(history->rates_n, sizeof *rates);
    if (!rates)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < history->rates_n; i++) {
        const struct provider_rate *from = &history->rates[i];
        rates[i] = (struct exchange_rate){
            .currency = from->currency, .date = from->date, .units_per_eur_e8 = from->per_eur_e8};
    }
    enum status status = exchange_rates_save(db, rates, history->rates_n);
    free(rates);
    return status;
}

struct saving {
    struct history_store *store;
    const struct history_task *task;
    const struct provider_history *history;
    const struct bar *bars;
    size_t bars_n;
    const struct corporate_action *actions;
    size_t actions_n;
    const char *provider;
    int32_t next;
};

/* The asset's, to be compared with the one the provider states. NOT_FOUND: there is nothing to compare. */
static enum status currency_find(struct db *db, const struct saving *saving, struct currency *ret_own) {
    if (saving->history->currency.code[0] == '\0' || saving->history->bars_n + saving->history->actions_n == 0)
        return STATUS_NOT_FOUND;
    return assets_find_currency(db, &saving->task->symbol, ret_own);
}

static enum status saving_run(struct db *db, void *context) {
    const struct saving *saving = context;
    const struct job_claim claim = claim_of(saving->task);
    /* A price in pence among prices in pounds is a hundred times one. */
    struct currency own;
    enum status known = currency_find(db, saving, &own);
    if (known == STATUS_OK && !currency_equal(own, saving->history->currency))
        return STATUS_CONFLICT;
    if (known != STATUS_OK && known != STATUS_NOT_FOUND)
        return known;
    /* First, so that a task somebody else has now is not written for. */
    enum status status =
        jobs_progress(db, &saving->store->runner, &claim, saving->next, (int64_t)saving->bars_n, saving->provider);
    if (status == STATUS_OK && saving->bars_n > 0)
        status = bars_save(db, saving->bars, saving->bars_n, saving->provider);
    if (status == STATUS_OK && saving->actions_n > 0)
        status = corporate_actions_save(db, saving->actions, saving->actions_n, saving->provider);
    if (status == STATUS_OK)
        status = rates_save(db, saving->history);
    return status;
}

static struct bar bar_of(const struct symbol *symbol, const struct provider_bar *from) {
    return (struct bar){.symbol = *symbol,
                        .date = from->date,
                        .open = {from->open_e8},
                        .high = {from->high_e8},
                        .low = {from->low_e8},
                        .close = {from->close_e8},
                        .volume = {from->volume_e8}};
}

static struct corporate_action action_of(const struct symbol *symbol, const struct provider_action *from) {
    static const enum corporate_action_type types[] = {
        [PROVIDER_SPLIT] = ACTION_SPLIT, [PROVIDER_DIVIDEND] = ACTION_DIVIDEND, [PROVIDER_SPINOFF] = ACTION_SPINOFF};
    struct corporate_action action = {.symbol = *symbol, .type = types[from->type], .split = {.date = from->date}};
    if (from->type == PROVIDER_SPLIT) {
        action.split.numerator = from->numerator;
        action.split.denominator = from->denominator;
    } else {
        action.amount.e8 = from->value_e8;
    }
    return action;
}

static enum status save(void *context, const struct history_task *task, const struct provider_history *history,
                        const char *provider, int32_t next) {
    struct history_store *store = context;
    enum status status = db_ready(store->db);
    if (status != STATUS_OK)
        return status;
    struct bar *bars = calloc(history->bars_n + 1, sizeof *bars);
    struct corporate_action *actions = calloc(history->actions_n + 1, sizeof *actions);
    status = bars && actions ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < history->bars_n; i++)
        bars[i] = bar_of(&task->symbol, &history->bars[i]);
    for (size_t i = 0; status == STATUS_OK && i < history->actions_n; i++)
        actions[i] = action_of(&task->symbol, &history->actions[i]);
    struct saving saving = {.store = store,
                            .task = task,
                            .history = history,
                            .bars = bars,
                            .bars_n = history->bars_n,
                            .actions = actions,
                            .actions_n = history->actions_n,
                            .provider = provider,
                            .next = next};
    if (status == STATUS_OK)
        status = db_transaction(store->db, saving_run, &saving);
    free(bars);
    free(actions);
    return status;
}

/* --- the end of a task, for now or for good --- */

struct ending {
    struct history_store *store;
    struct job_claim claim;
    int64_t for_ms; /* 0: for good */
    const char *provider;
    const struct history_trouble *trouble;
};

static enum status ending_run(struct db *db, void *context) {
    const struct ending *ending = context;
    const struct uuid *runner = &ending->store->runner;
    const struct history_trouble *trouble = ending->trouble;
    if (ending->for_ms > 0)
        return jobs_postpone(db, runner, &ending->claim, ending->for_ms, trouble->is_failure, ending->provider,
                             trouble->code, trouble->detail);
    return jobs_end(db, runner, &ending->claim, ending->provider, trouble ? trouble->code : NULL,
                    trouble ? trouble->detail : NULL, trouble && !trouble->is_done);
}

static enum status ending_write(struct history_store *store, const struct history_task *task, int64_t for_ms,
                                const char *provider, const struct history_trouble *trouble) {
    struct ending ending = {
        .store = store, .claim = claim_of(task), .for_ms = for_ms, .provider = provider, .trouble = trouble};
    enum status status = db_ready(store->db);
    return status == STATUS_OK ? db_transaction(store->db, ending_run, &ending) : status;
}

static enum status postpone(void *context, const struct history_task *task, int64_t for_ms, const char *provider,
                            const struct history_trouble *trouble) {
    return ending_write(context, task, for_ms, provider, trouble);
}

static enum status end(void *context, const struct history_task *task, const char *provider,
                       const struct history_trouble *trouble) {
    return ending_write(context, task, 0, provider, trouble);
}

/* --- exchange rates --- */

static enum status newest_rates(void *context, int32_t *ret_date) {
    struct history_store *store = context;
    enum status status = db_ready(store->db);
    return status == STATUS_OK ? exchange_rates_newest(store->db, ret_date) : status;
}

static enum status save_rates(void *context, const struct provider_history *history) {
    struct history_store *store = context;
    enum status status = db_ready(store->db);
    return status == STATUS_OK ? rates_save(store->db, history) : status;
}

/* --- sessions --- */

static enum status close_session(void *context, int32_t session) {
    struct history_store *store = context;
    enum status status = db_ready(store->db);
    return status == STATUS_OK ? jobs_insert_close(store->db, session, NULL, 0) : status;
}

static enum status ask_for_splits(void *context, int32_t date) {
    struct history_store *store = context;
    enum status status = db_ready(store->db);
    return status == STATUS_OK ? jobs_insert_splits(store->db, date) : status;
}

/* What is wrong with one portfolio must not keep the others from theirs. */
static enum status values_write(struct db *db, const struct uuid *portfolio_id, int32_t session) {
    enum status status = portfolio_values_refresh(db, portfolio_id, session + 1);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, portfolio_id);
    log_event(LOG_WARN, "portfolio.closing_value_failed", LOG_TEXT("portfolio_id", id),
              LOG_TEXT("status", status_name(status)));
    return status == STATUS_UNAVAILABLE ? status : STATUS_OK;
}

static enum status write_values(void *context) {
    struct history_store *store = context;
    struct closing closing;
    enum status status = db_ready(store->db);
    if (status == STATUS_OK)
        status = closings_next(store->db, &closing);
    if (status != STATUS_OK)
        return status;
    if (closing.is_first)
        status = closings_keep_last_prices(store->db, &closing);
    for (size_t i = 0; status == STATUS_OK && i < closing.portfolios_n; i++)
        status = values_write(store->db, &closing.portfolio_ids[i], closing.session);
    return status == STATUS_OK ? closings_advance(store->db, &closing) : status;
}

enum status history_store_create(const char *database_url, int64_t statement_timeout_ms, const stop_time *stop_at,
                                 struct history_archive **ret_archive) {
    struct history_store *store = calloc(1, sizeof *store);
    if (!store)
        return STATUS_NO_MEMORY;
    struct db_config config = {.name = "history",
                               .database_url = database_url,
                               .statement_timeout_ms = statement_timeout_ms,
                               .stop_at = stop_at};
    enum status status = uuid_random(&store->runner);
    if (status == STATUS_OK)
        status = db_create(&config, &store->db);
    if (status != STATUS_OK) {
        free(store);
        return status;
    }
    store->ports = (struct history_archive){.context = store,
                                            .adopt = adopt,
                                            .claim = claim,
                                            .save = save,
                                            .postpone = postpone,
                                            .end = end,
                                            .close_session = close_session,
                                            .ask_for_splits = ask_for_splits,
                                            .newest_rates = newest_rates,
                                            .save_rates = save_rates,
                                            .write_values = write_values};
    *ret_archive = &store->ports;
    return STATUS_OK;
}

void history_store_destroy(struct history_archive **archive) {
    if (!*archive)
        return;
    struct history_store *dying = (*archive)->context;
    db_destroy(&dying->db);
    free(dying);
    *archive = NULL;
}
