/* Reads twice a second whose rights have changed in the database, and tells the
 * process' loops: so a change made with psql, a notice that is lost, and Redis
 * being away cost less than a second. One a process, on its first loop.
 * Thread: L. */
#ifndef PF_APP_ACCESS_READER_H
#define PF_APP_ACCESS_READER_H

#include "base/status.h"

struct access_reader;
struct shard;

PF_MUST_CHECK enum status access_reader_start(struct shard *shard, struct access_reader **ret_reader);
/* NULL there does nothing. A read under way ends by itself, and tells nobody. */
void access_reader_stop(struct access_reader **reader);

#endif
