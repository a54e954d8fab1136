/* The web page's files, read into memory at the start: the regular files of a
 * directory and of its subdirectories, one level deep. A request's path is
 * looked up as it stands, so there is no path to climb out by.
 *
 * Refuses to start with more than SITE_FILES_MAX files or one of more than
 * SITE_FILE_BYTES_MAX. Names that begin with a dot and symbolic links are left
 * out. Thread: main creates and destroys; any may ask in between (nothing
 * changes). */
#ifndef PF_APP_SITE_H
#define PF_APP_SITE_H

#include "base/status.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>

#define SITE_FILES_MAX 64
#define SITE_FILE_BYTES_MAX 1048576

struct site;

/* error[0..error_len) says which file or directory failed, and why. */
PF_MUST_CHECK enum status site_create(const char *dir, struct site **ret_site, char *error, size_t error_len);
void site_destroy(struct site **site);

/* Responds 200, 304 or 405 when the path is one of the files ("/" is
 * /index.html); false, and nothing done, when it is not. */
bool site_respond(const struct site *site, struct http_request *request);

#endif
