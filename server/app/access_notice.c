/* Owns the notices on their way between the loops of a process. Thread: L. */
#include "app/access_notice.h"

#include "app/shard_internal.h"
#include "ops/metrics.h"

#include <stdlib.h>

struct access_mail {
    struct mail mail;
    struct shard *shard;
    struct uuid subject;
};

static void on_access_mail(struct mail *mail) {
    struct access_mail *notice = LIST_ENTRY(mail, struct access_mail, mail);
    shard_on_access_changed(notice->shard, &notice->subject);
    free(notice);
}

static void on_access_discarded(struct mail *mail) {
    free(LIST_ENTRY(mail, struct access_mail, mail));
}

static void post(struct shard *shard, const struct uuid *subject) {
    struct access_mail *notice = malloc(sizeof *notice);
    if (notice)
        *notice = (struct access_mail){
            .mail = {.dispatch = on_access_mail, .discard = on_access_discarded}, .shard = shard, .subject = *subject};
    if (notice && mailbox_post(shard->mailbox, &notice->mail) == STATUS_OK)
        return;
    metrics_increment(METRIC_MAILBOX_FULL);
    free(notice);
}

void access_changed_here(struct shard *shard, const struct uuid *subject) {
    const struct instance *instance = shard->instance;
    shard_on_access_changed(shard, subject);
    for (size_t i = 0; i < instance->shards_n; i++) {
        if (instance->shards[i] && instance->shards[i] != shard)
            post(instance->shards[i], subject);
    }
}

void access_changed(struct shard *shard, const struct uuid *subject) {
    access_changed_here(shard, subject);
    if (shard->bus) /* gone while the shard is being destroyed: the other processes will read it */
        bus_access_changed(shard->bus, subject);
}
