/* A set of files in memory, as they were when their directory was read: the
 * regular files of it and of its subdirectories, SITE_LEVELS_MAX deep. A path is
 * looked up as it stands, so there is no path to climb out by.
 *
 * "app.js.gz" beside "app.js" is no file of its own but the form of app.js for
 * clients that take gzip; what has none and is worth it is packed here.
 *
 * Refuses more than SITE_FILES_MAX files, one of more than SITE_FILE_BYTES_MAX,
 * more than SITE_BYTES_MAX in all, and a .gz that does not unpack to exactly the
 * file beside it. Names that begin with a dot and symbolic links are left out.
 * Thread: any; a set does not change any more. */
#ifndef PF_APP_SITE_FILES_H
#define PF_APP_SITE_FILES_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* A page built by Vite is a few dozen files, twice with their .gz, and with source
 * maps four times; fonts and pictures come to it. All of them are in memory. */
#define SITE_FILES_MAX 1024
#define SITE_FILE_BYTES_MAX 4194304 /* 4 MiB */
#define SITE_BYTES_MAX 67108864     /* 64 MiB */
#define SITE_LEVELS_MAX 4
#define SITE_PATH_BYTES_MAX 512

struct site_file {
    char *path; /* "/app.js", "/img/logo.svg" */
    const char *content_type;
    char etag[16 + 1]; /* without quotes */
    struct strbuf bytes;
    struct strbuf packed; /* gzipped; empty where that is not smaller */
    bool is_lasting;      /* its name has a hash of its content, so it never changes */
};

struct site_files;

/* error[0..error_len) says which file or directory failed, and why. */
PF_MUST_CHECK enum status site_files_read(const char *dir, struct site_files **ret_files, char *error,
                                          size_t error_len);
struct site_files *site_files_ref(struct site_files *files);
void site_files_unref(struct site_files **files);

/* path: of a request; NULL when there is none. */
const struct site_file *site_files_find(const struct site_files *files, const char *path);
size_t site_files_count(const struct site_files *files);
/* Whether both have the same files with the same content. */
bool site_files_are_equal(const struct site_files *one, const struct site_files *other);

/* Whether it is a name that Vite made of a file's content: in a subdirectory, and
 * before its endings a dash and eight characters of base64url. What looks like a
 * word or a date there is taken for one. */
bool site_path_is_lasting(const char *path);

#endif
