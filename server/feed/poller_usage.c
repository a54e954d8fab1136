/* How often providers were asked, kept over restarts and changes of the leader.
 * A new leader asks no provider before it knows what was used, or has waited
 * USAGE_WAIT_MS for it: without the database it counts from what it knows
 * itself, and says so once. And no request goes out before the archive counts
 * it: a few are saved ahead, fewer the smaller the limits are, so a crash loses
 * none, and some of those few at most count for nothing. Refuses to wait long
 * for that: an archive that fails or hangs stops no prices.
 * Thread: the poller's, where not marked. */
#include "feed/poller_internal.h"
#include "ops/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE_WAIT_MS 2000
#define USAGE_RETRY_MS 1000
#define USAGE_SAVE_MS 1000
#define GRANT_MS 5000      /* how long what was saved ahead may be used */
#define GRANT_WAIT_MS 1000 /* for the archive */
#define GRANT_MAX 10

static bool is_kept(const struct poller *poller) {
    return poller->archive->load_usage != NULL;
}

static bool is_remote(const struct polled_provider *it) {
    return it->provider->ops->kind == PROVIDER_REMOTE;
}

void poller_usage_lead(struct poller *poller, int64_t now_ms) {
    bool has_remote = false;
    for (size_t i = 0; i < poller->providers_n; i++)
        has_remote |= is_remote(&poller->providers[i]);
    poller->needs_usage = has_remote && is_kept(poller);
    poller->usage_wait_until_ms = poller->needs_usage ? now_ms + USAGE_WAIT_MS : now_ms;
    poller->usage_due_ms = now_ms;
    poller->is_usage_logged = false;
}

bool poller_usage_is_awaited(const struct poller *poller, int64_t now_ms) {
    return poller->needs_usage && now_ms < poller->usage_wait_until_ms;
}

/* Nothing came: it goes on with what this process knows. */
static void usage_unknown(struct poller *poller, const char *reason, int64_t now_ms) {
    poller->usage_wait_until_ms = now_ms;
    if (!poller->is_usage_logged)
        log_event(LOG_WARN, "quota.usage_unknown", LOG_TEXT("reason", reason));
    poller->is_usage_logged = true;
}

/* What others used that this process has not counted: the difference. */
static void usage_learn(struct poller *poller, struct polled_provider *it, const struct quota_usage *stored,
                        int64_t now_ms) {
    struct quota_usage ours, more = *stored;
    int64_t wall_ms = clock_wall_ms(poller->config.clock);
    quota_usage_get(&it->quota, now_ms, wall_ms, &ours);
    uint32_t day_known = ours.day == stored->day ? it->day_shared_n : 0;
    more.day_n = stored->day_n > day_known ? stored->day_n - day_known : 0;
    more.minute_n = stored->minute_n > ours.minute_n ? stored->minute_n - ours.minute_n : 0;
    quota_usage_add(&it->quota, &more, now_ms, wall_ms);
    quota_usage_get(&it->quota, now_ms, wall_ms, &ours);
    /* What was saved ahead counts as known too. */
    it->day_shared_n = ours.day == stored->day && stored->day_n > ours.day_n ? stored->day_n : ours.day_n;
}

static void usage_take(struct poller *poller, int64_t now_ms) {
    struct provider_usage *usages = NULL;
    enum status status;
    size_t n = 0;
    if (!archivist_take_usage(poller->archivist, &status, &usages, &n))
        return;
    if (status != STATUS_OK) {
        usage_unknown(poller, status_name(status), now_ms);
        return;
    }
    for (size_t i = 0; poller->needs_usage && i < poller->providers_n; i++) {
        struct polled_provider *it = &poller->providers[i];
        for (size_t at = 0; is_remote(it) && at < n; at++) {
            if (strcmp(usages[at].name, it->provider->ops->name) == 0)
                usage_learn(poller, it, &usages[at].usage, now_ms);
        }
    }
    poller->needs_usage = false;
    free(usages);
}

/* ---- ahead ---- */

static bool is_limited(const struct quota_limits *limits) {
    return limits->per[QUOTA_SECOND] > 0 || limits->per[QUOTA_MINUTE] > 0 || limits->per[QUOTA_DAY] > 0;
}

/* How many are saved ahead: a part of each limit, and one at least. */
static uint32_t grant_size(const struct quota_limits *limits) {
    static const uint32_t parts[QUOTA_SPANS_N] = {1, 5, 25};
    uint32_t size = GRANT_MAX;
    for (int span = 0; span < QUOTA_SPANS_N; span++) {
        uint32_t part = limits->per[span] / parts[span];
        if (limits->per[span] > 0 && part < size)
            size = part > 0 ? part : 1;
    }
    return size;
}

bool poller_usage_grants(struct poller *poller, struct polled_provider *it, int64_t now_ms) {
    if (!is_kept(poller) || !is_limited(&it->quota.limits) || poller->needs_usage || poller->is_usage_away)
        return true;
    if (it->quota.taken_n < it->granted_n && now_ms < it->granted_until_ms)
        return true;
    if (it->grant_wanted_ms == 0)
        it->grant_wanted_ms = now_ms;
    if (now_ms - it->grant_wanted_ms >= GRANT_WAIT_MS)
        return true;
    poller->usage_due_ms = now_ms;
    http_fetch_wake(poller->fetch);
    return false;
}

static bool is_grant_wanted(const struct poller *poller) {
    for (size_t i = 0; i < poller->providers_n; i++) {
        if (poller->providers[i].grant_wanted_ms != 0)
            return true;
    }
    return false;
}

static void grant_save(struct poller *poller, struct polled_provider *it, struct quota_usage *usage, int64_t now_ms) {
    int64_t wall_ms = clock_wall_ms(poller->config.clock), day_end_ms = quota_day_end_ms(now_ms, wall_ms);
    uint32_t size = grant_size(&it->quota.limits);
    it->saving_n = it->granted_n;
    it->saving_until_ms = it->granted_until_ms;
    if (it->grant_wanted_ms == 0)
        return;
    usage->day_n += size;
    usage->minute_n += size;
    usage->last_wall_ms = wall_ms + GRANT_MS; /* as if all came at the last moment */
    it->saving_n = it->quota.taken_n + size;
    it->saving_until_ms = now_ms + GRANT_MS < day_end_ms ? now_ms + GRANT_MS : day_end_ms;
}

/* ---- saving ---- */

static uint64_t requests_n(const struct poller *poller) {
    uint64_t n = 0;
    for (size_t i = 0; i < poller->providers_n; i++)
        n += poller->providers[i].quota.taken_n;
    return n;
}

static bool usage_save(struct poller *poller, int64_t now_ms) {
    struct provider_usage usages[POLL_PROVIDERS_MAX];
    uint64_t asked_n = requests_n(poller);
    size_t n = 0;
    for (size_t i = 0; i < poller->providers_n; i++) {
        struct polled_provider *it = &poller->providers[i];
        if (!is_remote(it) || (it->quota.last_wall_ms == 0 && it->grant_wanted_ms == 0))
            continue;
        struct provider_usage *usage = &usages[n++];
        (void)snprintf(usage->name, sizeof usage->name, "%s", it->provider->ops->name);
        quota_usage_get(&it->quota, now_ms, clock_wall_ms(poller->config.clock), &usage->usage);
        grant_save(poller, it, &usage->usage, now_ms);
        it->day_shared_n = usage->usage.day_n;
    }
    if (n == 0 || !archivist_ask_save_usage(poller->archivist, usages, n))
        return false;
    poller->usage_saved_n = asked_n;
    return true;
}

static void save_take(struct poller *poller) {
    enum status status;
    if (!archivist_take_save_usage(poller->archivist, &status))
        return;
    poller->is_usage_away = status != STATUS_OK;
    if (poller->is_usage_away)
        poller->usage_saved_n = 0; /* again */
    for (size_t i = 0; i < poller->providers_n; i++) {
        struct polled_provider *it = &poller->providers[i];
        if (status == STATUS_OK && it->saving_until_ms > it->granted_until_ms)
            it->grant_wanted_ms = 0;
        if (status == STATUS_OK) {
            it->granted_n = it->saving_n;
            it->granted_until_ms = it->saving_until_ms;
        }
    }
}

void poller_usage(struct poller *poller, int64_t now_ms) {
    if (!is_kept(poller))
        return;
    usage_take(poller, now_ms);
    save_take(poller);
    if (poller->fence == 0 || now_ms < poller->usage_due_ms)
        return;
    if (poller->needs_usage) {
        if (now_ms >= poller->usage_wait_until_ms)
            usage_unknown(poller, "the database did not answer in time", now_ms);
        poller->usage_due_ms = now_ms + USAGE_RETRY_MS;
        (void)archivist_ask_usage(poller->archivist);
    } else if ((requests_n(poller) != poller->usage_saved_n || is_grant_wanted(poller)) && usage_save(poller, now_ms)) {
        poller->usage_due_ms = now_ms + USAGE_SAVE_MS;
    }
}

void poller_usage_rest(struct poller *poller, int64_t now_ms) {
    if (!is_kept(poller) || poller->needs_usage)
        return;
    archivist_wait(poller->archivist);
    save_take(poller);
    if (requests_n(poller) != poller->usage_saved_n && usage_save(poller, now_ms))
        archivist_wait(poller->archivist);
}
