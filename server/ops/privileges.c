/* Refuses to go on as root when it was asked not to be. Thread: main. */
#include "ops/privileges.h"

#include "ops/log.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define PASSWD_BYTES 16384

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true /* the search for leaks looks into the process as a debugger does */
#else
#define IS_SANITIZED false
#endif

void privileges_harden(bool has_core_dumps) {
    bool is_done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    if (!has_core_dumps) {
        const struct rlimit none = {0, 0};
        is_done = setrlimit(RLIMIT_CORE, &none) == 0 && is_done;
        is_done = (IS_SANITIZED || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0) && is_done;
    }
    if (!is_done)
        log_event(LOG_WARN, "process.not_hardened", LOG_TEXT("reason", strerror(errno)));
}

static enum status fail(char *error, size_t error_len, const char *user, const char *why) {
    (void)snprintf(error, error_len, "DROP_USER %s: %s", user, why);
    return STATUS_INVALID;
}

static enum status user_find(const char *user, uid_t *ret_uid, gid_t *ret_gid, char *error, size_t error_len) {
    struct passwd entry, *found = NULL;
    char bytes[PASSWD_BYTES];
    int code = getpwnam_r(user, &entry, bytes, sizeof bytes, &found);
    if (!found)
        return fail(error, error_len, user, code ? strerror(code) : "there is no such user");
    if (entry.pw_uid == 0)
        return fail(error, error_len, user, "is root");
    *ret_uid = entry.pw_uid;
    *ret_gid = entry.pw_gid;
    return STATUS_OK;
}

enum status privileges_check(const char *user, char *error, size_t error_len) {
    uid_t uid = 0;
    gid_t gid = 0;
    return user[0] ? user_find(user, &uid, &gid, error, error_len) : STATUS_OK;
}

enum status privileges_lend(const char *user, struct privileges_lent *ret_lent, char *error, size_t error_len) {
    struct privileges_lent lent = {.is_lent = false, .gid = getegid()};
    uid_t uid = 0;
    gid_t gid = 0;
    *ret_lent = lent;
    if (!user[0] || geteuid() != 0)
        return STATUS_OK;
    enum status status = user_find(user, &uid, &gid, error, error_len);
    if (status != STATUS_OK)
        return status;
    lent.groups_n = getgroups(PRIVILEGES_GROUPS_MAX, lent.groups);
    if (lent.groups_n < 0 || initgroups(user, gid) != 0 || setegid(gid) != 0 || seteuid(uid) != 0)
        return fail(error, error_len, user, strerror(errno));
    lent.is_lent = true;
    *ret_lent = lent;
    return STATUS_OK;
}

enum status privileges_return(const struct privileges_lent *lent, char *error, size_t error_len) {
    if (!lent->is_lent ||
        (seteuid(0) == 0 && setegid(lent->gid) == 0 && setgroups((size_t)lent->groups_n, lent->groups) == 0))
        return STATUS_OK;
    return fail(error, error_len, "root", strerror(errno));
}

/* All three of each kind are the user's, and root's do not come back. */
static bool is_dropped(uid_t uid, gid_t gid) {
    uid_t real = 0, effective = 0, saved = 0;
    gid_t real_gid = 0, effective_gid = 0, saved_gid = 0;
    if (getresuid(&real, &effective, &saved) != 0 || getresgid(&real_gid, &effective_gid, &saved_gid) != 0)
        return false;
    return real == uid && effective == uid && saved == uid && real_gid == gid && effective_gid == gid &&
           saved_gid == gid && setuid(0) != 0;
}

enum status privileges_drop(const char *user, char *error, size_t error_len) {
    uid_t uid = 0;
    gid_t gid = 0;
    if (!user[0]) {
        if (geteuid() == 0)
            log_event(LOG_WARN, "process.is_root", LOG_TEXT("text", "DROP_USER names a user to serve as"));
        return STATUS_OK;
    }
    enum status status = user_find(user, &uid, &gid, error, error_len);
    if (status != STATUS_OK)
        return status;
    if (geteuid() == uid && getuid() == uid)
        return STATUS_OK;
    if (geteuid() != 0)
        return fail(error, error_len, user, "only root can become somebody else");
    /* The groups first: without root they could not be given up. glibc does it in every thread. */
    if (initgroups(user, gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return fail(error, error_len, user, strerror(errno));
    if (!is_dropped(uid, gid))
        return fail(error, error_len, user, "the process is still more than that");
    log_event(LOG_INFO, "process.dropped_root", LOG_TEXT("user", user));
    return STATUS_OK;
}
