/* What a WebSocket handshake shows of who asks: an Authorization header; an
 * entry `bearer.<token>` among the subprotocols, which is what a browser can
 * send; or a one-time `?ticket=`. Whether it is worth anything is not judged
 * here. A token in the query is none: proxies write queries down.
 * Thread: any; pure. */
#ifndef PF_APP_STREAM_CREDENTIAL_H
#define PF_APP_STREAM_CREDENTIAL_H

#include "app/query.h"
#include "net/http.h"

enum stream_credential_kind {
    STREAM_CREDENTIAL_NONE,
    STREAM_CREDENTIAL_HEADER, /* text: the header's value */
    STREAM_CREDENTIAL_TOKEN,
    STREAM_CREDENTIAL_TICKET,
    STREAM_CREDENTIAL_SEVERAL, /* which of them counts is what readers differ in */
};

struct stream_credential {
    enum stream_credential_kind kind;
    const char *text; /* lives as long as the request and this value; len bytes */
    size_t len;
    char ticket[QUERY_VALUE_MAX + 1];
};

void stream_credential_read(const struct http_request *request, struct stream_credential *ret_credential);

#endif
