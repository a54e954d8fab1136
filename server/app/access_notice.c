/* Owns the notices on their way between the loops of a process. Thread: L. */
#include "app/access_notice.h"

#include "app/shard_internal.h"
#include "ops/metrics.h"

#include <stdlib.h>

struct access_mail {
    struct mail mail;
    struct shard *shard;
    bool is_of_keys; /* and has no subject */
    struct uuid subject;
};

static void on_access_mail(struct mail *mail) {
    struct access_mail *notice = LIST_ENTRY(mail, struct access_mail, mail);
    if (notice->is_of_keys)
        hub_on_keys_changed(notice->shard->hub);
    else
        shard_on_access_changed(notice->shard, &notice->subject);
    free(notice);
}

static void on_access_discarded(struct mail *mail) {
    free(LIST_ENTRY(mail, struct access_mail, mail));
}

/* subject: NULL: of keys. */
static bool post(struct shard *shard, const struct uuid *subject) {
    struct access_mail *notice = malloc(sizeof *notice);
    if (notice)
        *notice = (struct access_mail){.mail = {.dispatch = on_access_mail, .discard = on_access_discarded},
                                       .shard = shard,
                                       .is_of_keys = !subject,
                                       .subject = subject ? *subject : (struct uuid){{0}}};
    if (notice && mailbox_post(shard->mailbox, &notice->mail) == STATUS_OK)
        return true;
    metrics_increment(METRIC_MAILBOX_FULL);
    free(notice);
    return false;
}

bool access_changed_here(struct shard *shard, const struct uuid *subject) {
    const struct instance *instance = shard->instance;
    bool are_told = true;
    shard_on_access_changed(shard, subject);
    for (size_t i = 0; i < instance->shards_n; i++) {
        if (instance->shards[i] && instance->shards[i] != shard)
            are_told &= post(instance->shards[i], subject);
    }
    return are_told;
}

void access_changed(struct shard *shard, const struct uuid *subject) {
    (void)access_changed_here(shard, subject); /* who was not told reads it */
    if (shard->bus) /* gone while the shard is being destroyed: the other processes will read it */
        bus_access_changed(shard->bus, subject);
}

bool access_keys_changed(const struct instance *instance) {
    bool are_told = true;
    for (size_t i = 0; i < instance->shards_n; i++)
        are_told &= post(instance->shards[i], NULL);
    return are_told;
}
