/* The web page: the files of a directory, answered from memory (site_files.h says
 * which and how many), read at the start and again when asked to.
 *
 * What has a hash of its content in its name is cached for a year; everything else
 * is asked for again each time, with its tag. After a second reading the files of
 * the one before that have such names are still found: a page that was loaded
 * before may ask for a part of itself only now.
 *
 * Refuses to start with what site_files_read refuses. Thread: main creates,
 * reads again and destroys; any may ask in between. */
#ifndef PF_APP_SITE_H
#define PF_APP_SITE_H

#include "base/status.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>

struct site;

/* error[0..error_len) says which file or directory failed, and why. */
PF_MUST_CHECK enum status site_create(const char *dir, struct site **ret_site, char *error, size_t error_len);
void site_destroy(struct site **site);

/* Reads the directory again. What cannot be read leaves everything as it was, and
 * is logged and counted. */
void site_reload(struct site *site);

/* Responds 200, 304 or 405 when the path is one of the files ("/" is
 * /index.html); false, and nothing done, when it is not. */
bool site_respond(struct site *site, struct http_request *request);

#endif
