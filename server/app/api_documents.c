/* /openapi.yaml, /openapi.json and /docs: files that are part of the program.
 * The page runs scripts of this server only and asks nobody else; its viewer
 * makes its styles itself and its search runs in a worker made of a blob.
 * Refuses nothing. Thread: L. */
#include "app/api_handlers.h"
#include "app/documents.h"
#include "app/gzip.h"

#include <stdio.h>
#include <string.h>

#define DOCS_POLICY                                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "     \
    "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static void document_respond(struct api_call *call, const char *name, const char *content_type) {
    const struct document *document = NULL;
    for (size_t i = 0; i < documents_n; i++) {
        if (strcmp(documents[i].name, name) == 0)
            document = &documents[i];
    }
    if (!document) {
        api_call_refuse_with(call, ERROR_NOT_FOUND, "This server was built without it");
        return;
    }
    (void)snprintf(call->etag, sizeof call->etag, "%s", document->etag);
    if (api_call_is_known(call, document->len)) {
        api_call_respond_as(call, 304, content_type);
        return;
    }
    strbuf_append(&call->out, document->bytes, document->len);
    if (gzip_is_accepted(call->http->headers[HTTP_HEADER_ACCEPT_ENCODING]))
        strbuf_append(&call->packed, document->gzip, document->gzip_len);
    api_call_respond_as(call, 200, content_type);
}

void api_openapi_get_yaml(struct api_call *call) {
    document_respond(call, "openapi.yaml", "application/yaml");
}

void api_openapi_get_json(struct api_call *call) {
    document_respond(call, "openapi.json", "application/json");
}

void api_docs_get(struct api_call *call) {
    call->content_security_policy = DOCS_POLICY;
    document_respond(call, "docs.html", "text/html; charset=utf-8");
}

void api_docs_get_viewer(struct api_call *call) {
    document_respond(call, "viewer.js", "text/javascript; charset=utf-8");
}
