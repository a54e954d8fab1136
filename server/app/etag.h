/* Entity tags in If-Match and If-None-Match (RFC 9110, 8.8 and 13.1).
 * Thread: any; pure. */
#ifndef PF_APP_ETAG_H
#define PF_APP_ETAG_H

#include <stdbool.h>

/* header: a list of tags or "*". etag: without quotes. If-Match compares
 * strongly: a weak tag matches nothing. A header of another form holds nothing.
 * A tag with "-gzip" at its end is as good as one without. */
bool etag_matches_strongly(const char *header, const char *etag);
/* If-None-Match: W/ makes no difference. */
bool etag_matches_weakly(const char *header, const char *etag);
/* If-None-Match of a GET: a gzipped form is only worth something to one who takes
 * it. *ret_is_packed: of the forms that match, whether it is the gzipped one; of
 * "*" the one that is_packed_now says. Untouched when nothing matches. */
bool etag_is_known(const char *header, const char *etag, bool takes_gzip, bool is_packed_now, bool *ret_is_packed);

#endif
