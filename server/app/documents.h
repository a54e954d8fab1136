/* Files that are part of the program: the OpenAPI document and the page that
 * shows it. The table is made by cmake/embed_documents.py. Thread: any; constant. */
#ifndef PF_APP_DOCUMENTS_H
#define PF_APP_DOCUMENTS_H

#include <stddef.h>

struct document {
    const char *name; /* "openapi.json" */
    const char *etag; /* without quotes */
    const char *bytes;
    size_t len;
    const char *gzip; /* the same, gzipped */
    size_t gzip_len;
};

extern const struct document documents[];
extern const size_t documents_n;

#endif
