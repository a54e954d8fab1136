/* The files of a directory of keys: who may read them, how a new one appears
 * whole or not at all. Thread: any; waits for the disk. */
#ifndef PF_IDENTITY_KEY_FILE_H
#define PF_IDENTITY_KEY_FILE_H

#include "identity/jwt_key.h"
#include "identity/key_ring.h"

struct key_file_names {
    size_t n;
    char names[KEY_RING_MAX][KEY_FILE_NAME_MAX + 1]; /* sorted */
};

/* Opens the directory and locks it against other processes that change it; when
 * may_create, one that is not there is made (0700). Every failure of these has a
 * text in error. */
PF_MUST_CHECK enum status key_dir_open(const char *dir, bool may_create, int *ret_fd, char *error, size_t error_len);
void key_dir_close(int dir_fd); /* the lock ends with it */

/* What tells whether the *.pem files of a directory are others than before, without reading them; 0: there are none, or
 * they cannot be looked at. */
uint64_t key_dir_fingerprint(const char *dir);

/* The *.pem files. STATUS_LIMIT: more than KEY_RING_MAX. */
PF_MUST_CHECK enum status key_file_list(int dir_fd, struct key_file_names *ret_names, char *error, size_t error_len);
PF_MUST_CHECK enum status key_file_read(int dir_fd, const char *name, struct jwt_key **ret_key, char *error,
                                        size_t error_len);
/* A new ES256 key in a file of its own (0600) whose name sorts behind those of
 * earlier times; of one on standby, before all of them. */
PF_MUST_CHECK enum status key_file_create(int dir_fd, bool is_standby, char ret_name[KEY_FILE_NAME_MAX + 1],
                                          char *error, size_t error_len);
/* Gives the file a name of now, so that its key signs. */
PF_MUST_CHECK enum status key_file_promote(int dir_fd, const char *name, char ret_name[KEY_FILE_NAME_MAX + 1],
                                           char *error, size_t error_len);
PF_MUST_CHECK enum status key_file_remove(int dir_fd, const char *name, char *error, size_t error_len);

#endif
