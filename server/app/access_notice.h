/* Telling every loop of the cluster that what somebody may do has changed in
 * the database: of this process by their mailboxes, the others over the bus.
 * Best effort; a notice that is lost, and a change made with psql, costs the
 * second until access_changes is read (app/shard_access.c). Thread: L. */
#ifndef PF_APP_ACCESS_NOTICE_H
#define PF_APP_ACCESS_NOTICE_H

#include "base/uuid.h"

struct instance;
struct shard;

/* After the commit. subject: the user_id, the credential_id (a session's or an
 * API key's), or the portfolio_id of a portfolio that has another customer; the
 * nil uuid: everything may have changed. On this loop it has its effect before
 * the call returns: the next request is judged by what the database says. */
void access_changed(struct shard *shard, const struct uuid *subject);
/* The same for this process' loops only: for what every process reads by itself. False: a loop could not be told. */
bool access_changed_here(struct shard *shard, const struct uuid *subject);

/* Every loop looks whether the tokens of its connections are still signed by a key of ours; false: not all were told.
 * Thread: main. */
PF_MUST_CHECK bool access_keys_changed(const struct instance *instance);

#endif
