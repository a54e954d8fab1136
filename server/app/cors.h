/* Cross-origin requests of web pages (CORS): what a browser is told that asks
 * whether a page of ORIGINS may read our answers. Without cookies nothing is
 * sent by itself, so credentials are never allowed. Thread: L; pure. */
#ifndef PF_APP_CORS_H
#define PF_APP_CORS_H

#include "app/origins.h"
#include "net/http.h"

/* A browser asks before it sends what the page wants to. */
bool cors_is_preflight(const struct http_request *request);
/* Adds what a page of one of the origins needs to be shown the response; to a
 * preflight's what it may send, methods being those of the path. Nothing for
 * others: their browser shows them nothing. Values live as long as the request. */
void cors_add(const struct origins *origins, const struct http_request *request, const char *methods,
              struct http_response *response);

#endif
