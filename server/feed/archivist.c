/* Owns the thread and the requests of the archive. Thread: the poller's asks
 * and takes; W (its own) works. */
#include "feed/archivist.h"

#include "thread/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum task_kind { TASK_HELD, TASK_PRICES, TASK_SAVE, TASK_USAGE, TASK_SAVE_USAGE, TASK_LISTED, TASKS_N };
enum task_state { TASK_IDLE, TASK_ASKED, TASK_DONE };

struct task {
    struct worker_job job; /* first */
    struct archivist *archivist;
    enum task_kind kind;
    enum task_state state; /* {archivist.lock} */
    /* The worker's while ASKED, the poller's otherwise. */
    enum status status;
    struct symbol *symbols;
    struct quote *quotes;
    struct provider_usage *usages;
    size_t n;
    struct symbol *sought; /* of TASK_LISTED */
    size_t sought_n;
};

struct archivist {
    const struct price_archive *archive;
    void (*on_done)(void *context);
    void *context;
    struct worker_pool *pool;
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    struct task tasks[TASKS_N];
};

/* Thread: W. */
static void task_run(struct worker_job *job, void *worker_state) {
    struct task *task = (struct task *)job;
    const struct price_archive *archive = task->archivist->archive;
    (void)worker_state;
    if (task->kind == TASK_HELD)
        task->status = archive->load_held_symbols(archive->context, &task->symbols, &task->n);
    else if (task->kind == TASK_PRICES)
        task->status = archive->load_prices(archive->context, &task->quotes, &task->n);
    else if (task->kind == TASK_SAVE)
        task->status = archive->save_prices(archive->context, task->quotes, task->n);
    else if (task->kind == TASK_USAGE)
        task->status = archive->load_usage(archive->context, &task->usages, &task->n);
    else if (task->kind == TASK_LISTED)
        task->status = archive->find_listed(archive->context, task->sought, task->sought_n, &task->symbols, &task->n);
    else
        task->status = archive->save_usage(archive->context, task->usages, task->n);
}

/* Thread: W. */
static void task_done(struct worker_job *job) {
    struct task *task = (struct task *)job;
    struct archivist *archivist = task->archivist;
    pthread_mutex_lock(&archivist->lock);
    task->state = TASK_DONE;
    pthread_cond_signal(&archivist->is_done);
    pthread_mutex_unlock(&archivist->lock);
    archivist->on_done(archivist->context);
}

enum status archivist_create(const struct price_archive *archive, void (*on_done)(void *context), void *context,
                             struct archivist **ret_archivist) {
    struct archivist *archivist = calloc(1, sizeof *archivist);
    if (!archivist)
        return STATUS_NO_MEMORY;
    archivist->archive = archive;
    archivist->on_done = on_done;
    archivist->context = context;
    /* Neither can fail on Linux with default attributes. */
    (void)pthread_mutex_init(&archivist->lock, NULL);
    (void)pthread_cond_init(&archivist->is_done, NULL);
    for (int kind = 0; kind < TASKS_N; kind++)
        archivist->tasks[kind] = (struct task){
            .job = {.run = task_run, .done = task_done}, .archivist = archivist, .kind = (enum task_kind)kind};
    struct worker_pool_config config = {.name = "pf-archive", .workers_n = 1, .queue_capacity = TASKS_N};
    enum status status = worker_pool_create(&config, &archivist->pool);
    if (status != STATUS_OK) {
        free(archivist);
        return status;
    }
    *ret_archivist = archivist;
    return STATUS_OK;
}

void archivist_destroy(struct archivist **archivist) {
    struct archivist *it = *archivist;
    if (!it)
        return;
    worker_pool_destroy(&it->pool);
    for (int kind = 0; kind < TASKS_N; kind++) {
        free(it->tasks[kind].symbols);
        free(it->tasks[kind].sought);
        free(it->tasks[kind].quotes);
        free(it->tasks[kind].usages);
    }
    pthread_cond_destroy(&it->is_done);
    pthread_mutex_destroy(&it->lock);
    free(it);
    *archivist = NULL;
}

static enum task_state state_of(struct archivist *archivist, enum task_kind kind) {
    pthread_mutex_lock(&archivist->lock);
    enum task_state state = archivist->tasks[kind].state;
    pthread_mutex_unlock(&archivist->lock);
    return state;
}

static void state_set(struct archivist *archivist, enum task_kind kind, enum task_state state) {
    pthread_mutex_lock(&archivist->lock);
    archivist->tasks[kind].state = state;
    pthread_mutex_unlock(&archivist->lock);
}

static bool ask(struct archivist *archivist, enum task_kind kind) {
    struct task *task = &archivist->tasks[kind];
    state_set(archivist, kind, TASK_ASKED);
    if (worker_submit(archivist->pool, &task->job) == STATUS_OK)
        return true;
    state_set(archivist, kind, TASK_IDLE);
    return false;
}

bool archivist_ask_held(struct archivist *archivist) {
    return state_of(archivist, TASK_HELD) == TASK_IDLE && ask(archivist, TASK_HELD);
}

bool archivist_ask_prices(struct archivist *archivist) {
    return state_of(archivist, TASK_PRICES) == TASK_IDLE && ask(archivist, TASK_PRICES);
}

bool archivist_can_save(struct archivist *archivist) {
    return state_of(archivist, TASK_SAVE) == TASK_IDLE;
}

bool archivist_ask_save(struct archivist *archivist, const struct quote *quotes, size_t n) {
    struct task *task = &archivist->tasks[TASK_SAVE];
    if (!archivist_can_save(archivist))
        return false;
    task->quotes = malloc(n * sizeof *quotes);
    if (!task->quotes)
        return false;
    memcpy(task->quotes, quotes, n * sizeof *quotes);
    task->n = n;
    if (ask(archivist, TASK_SAVE))
        return true;
    free(task->quotes);
    task->quotes = NULL;
    return false;
}

static bool take_symbols(struct archivist *archivist, enum task_kind kind, enum status *ret_status,
                         struct symbol **ret_symbols, size_t *ret_n) {
    struct task *task = &archivist->tasks[kind];
    if (state_of(archivist, kind) != TASK_DONE)
        return false;
    *ret_status = task->status;
    *ret_symbols = task->symbols;
    *ret_n = task->n;
    task->symbols = NULL;
    state_set(archivist, kind, TASK_IDLE);
    return true;
}

bool archivist_take_held(struct archivist *archivist, enum status *ret_status, struct symbol **ret_symbols,
                         size_t *ret_n) {
    return take_symbols(archivist, TASK_HELD, ret_status, ret_symbols, ret_n);
}

bool archivist_ask_listed(struct archivist *archivist, const struct symbol *symbols, size_t n) {
    struct task *task = &archivist->tasks[TASK_LISTED];
    if (state_of(archivist, TASK_LISTED) != TASK_IDLE)
        return false;
    free(task->sought); /* of the time before */
    task->sought = malloc(n * sizeof *symbols);
    if (!task->sought)
        return false;
    memcpy(task->sought, symbols, n * sizeof *symbols);
    task->sought_n = n;
    return ask(archivist, TASK_LISTED);
}

bool archivist_take_listed(struct archivist *archivist, enum status *ret_status, struct symbol **ret_symbols,
                           size_t *ret_n) {
    return take_symbols(archivist, TASK_LISTED, ret_status, ret_symbols, ret_n);
}

bool archivist_take_prices(struct archivist *archivist, enum status *ret_status, struct quote **ret_quotes,
                           size_t *ret_n) {
    struct task *task = &archivist->tasks[TASK_PRICES];
    if (state_of(archivist, TASK_PRICES) != TASK_DONE)
        return false;
    *ret_status = task->status;
    *ret_quotes = task->quotes;
    *ret_n = task->n;
    task->quotes = NULL;
    state_set(archivist, TASK_PRICES, TASK_IDLE);
    return true;
}

bool archivist_take_save(struct archivist *archivist, enum status *ret_status) {
    struct task *task = &archivist->tasks[TASK_SAVE];
    if (state_of(archivist, TASK_SAVE) != TASK_DONE)
        return false;
    *ret_status = task->status;
    free(task->quotes);
    task->quotes = NULL;
    state_set(archivist, TASK_SAVE, TASK_IDLE);
    return true;
}

bool archivist_ask_usage(struct archivist *archivist) {
    return state_of(archivist, TASK_USAGE) == TASK_IDLE && ask(archivist, TASK_USAGE);
}

bool archivist_ask_save_usage(struct archivist *archivist, const struct provider_usage *usages, size_t n) {
    struct task *task = &archivist->tasks[TASK_SAVE_USAGE];
    if (state_of(archivist, TASK_SAVE_USAGE) != TASK_IDLE)
        return false;
    task->usages = malloc(n * sizeof *usages);
    if (!task->usages)
        return false;
    memcpy(task->usages, usages, n * sizeof *usages);
    task->n = n;
    if (ask(archivist, TASK_SAVE_USAGE))
        return true;
    free(task->usages);
    task->usages = NULL;
    return false;
}

bool archivist_take_usage(struct archivist *archivist, enum status *ret_status, struct provider_usage **ret_usages,
                          size_t *ret_n) {
    struct task *task = &archivist->tasks[TASK_USAGE];
    if (state_of(archivist, TASK_USAGE) != TASK_DONE)
        return false;
    *ret_status = task->status;
    *ret_usages = task->usages;
    *ret_n = task->n;
    task->usages = NULL;
    state_set(archivist, TASK_USAGE, TASK_IDLE);
    return true;
}

bool archivist_take_save_usage(struct archivist *archivist, enum status *ret_status) {
    struct task *task = &archivist->tasks[TASK_SAVE_USAGE];
    if (state_of(archivist, TASK_SAVE_USAGE) != TASK_DONE)
        return false;
    *ret_status = task->status;
    free(task->usages);
    task->usages = NULL;
    state_set(archivist, TASK_SAVE_USAGE, TASK_IDLE);
    return true;
}

void archivist_wait(struct archivist *archivist) {
    pthread_mutex_lock(&archivist->lock);
    for (int kind = 0; kind < TASKS_N; kind++) {
        while (archivist->tasks[kind].state == TASK_ASKED)
            pthread_cond_wait(&archivist->is_done, &archivist->lock);
    }
    pthread_mutex_unlock(&archivist->lock);
}
