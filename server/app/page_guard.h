/* Which web pages may speak to this server through somebody's browser. The stream
 * takes its own pages and those of ORIGINS. REST leaves pages to CORS and to the
 * token that they do not have; but with AUTH=off, where a request needs no token,
 * a foreign page is refused, and so is a name in the Host field that is not this
 * machine's: a page can make its own name lead here, and would be the same origin
 * for its browser. Without an Origin, with no foreign Host, it is no such page.
 * Thread: L; pure. */
#ifndef PF_APP_PAGE_GUARD_H
#define PF_APP_PAGE_GUARD_H

#include "app/api_call.h"

enum page_verdict { PAGE_ADMITTED, PAGE_FOREIGN_HOST, PAGE_FOREIGN_ORIGIN };

enum page_verdict page_guard_judge(const struct api_context *api, const struct http_request *http);
/* The same for a WebSocket's handshake: CORS does not hold pages off it. */
enum page_verdict page_guard_judge_handshake(const struct api_context *api, const struct http_request *http);

/* Answers what was not admitted; the call is gone. */
void page_guard_refuse(struct api_call *call, enum page_verdict verdict);

#endif
