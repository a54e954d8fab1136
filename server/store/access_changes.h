/* Whose rights have changed since somebody last asked: the rows that triggers
 * write into access_changes. A reader remembers the snapshot of its last read,
 * so it is told of each change once, whenever its transaction was begun.
 * Thread: W. */
#ifndef PF_STORE_ACCESS_CHANGES_H
#define PF_STORE_ACCESS_CHANGES_H

#include "base/uuid.h"
#include "store/db.h"

#define ACCESS_CHANGES_MAX 1000
#define ACCESS_SNAPSHOT_MAX 16384 /* its text: twenty bytes a transaction under way */

struct access_changes {
    char snapshot[ACCESS_SNAPSHOT_MAX]; /* "" at first; the next read's beginning */
    bool is_all; /* anything may have changed: the first read, too much, rows that were swept, another database */
    struct uuid subjects[ACCESS_CHANGES_MAX];
    size_t subjects_n;
};

/* What changed since changes->snapshot, which is set to the read's own. On
 * failure it stays as it is. */
PF_MUST_CHECK enum status access_changes_read(struct db *db, struct access_changes *changes);

#endif
