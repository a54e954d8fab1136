/* links: pf_app */
/* What a handshake shows: each way, none, several. */
#include "app/stream_credential.h"
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

static void test_where_it_is(void **state) {
    (void)state;
    static const struct {
        const char *authorization, *protocols, *query;
        enum stream_credential_kind kind;
        const char *text;
    } rows[] = {
        {NULL, NULL, "", STREAM_CREDENTIAL_NONE, NULL},
        {NULL, "portfolio.v1.json", "a=b", STREAM_CREDENTIAL_NONE, NULL},
        {"Bearer x", NULL, "", STREAM_CREDENTIAL_HEADER, "Bearer x"},
        {"", NULL, "", STREAM_CREDENTIAL_HEADER, ""},
        {"Basic x", NULL, "", STREAM_CREDENTIAL_HEADER, "Basic x"},
        {NULL, "portfolio.v1.json, bearer.a.b.c", "", STREAM_CREDENTIAL_TOKEN, "a.b.c"},
        {NULL, "bearer.a-_ ,\tportfolio.v1.json", "", STREAM_CREDENTIAL_TOKEN, "a-_"},
        {NULL, "bearer.,portfolio.v1.json", "", STREAM_CREDENTIAL_TOKEN, ""},
        {NULL, "bearer,Bearer.x,xbearer.y", "", STREAM_CREDENTIAL_NONE, NULL},
        {NULL, NULL, "ticket=pft_x", STREAM_CREDENTIAL_TICKET, "pft_x"},
        {NULL, NULL, "a=b&ticket=pft_x&c=d", STREAM_CREDENTIAL_TICKET, "pft_x"},
        {NULL, NULL, "ticket=", STREAM_CREDENTIAL_TICKET, ""},
        {NULL, NULL, "ticket=a&ticket=b", STREAM_CREDENTIAL_TICKET, ""},
        {NULL, NULL, "ticket=%zz", STREAM_CREDENTIAL_TICKET, ""},
        {NULL, NULL, "token=x&access_token=y&Ticket=z&tickets=w", STREAM_CREDENTIAL_NONE, NULL},
        {"Bearer x", "bearer.x", "", STREAM_CREDENTIAL_SEVERAL, NULL},
        {"Bearer x", NULL, "ticket=x", STREAM_CREDENTIAL_SEVERAL, NULL},
        {NULL, "bearer.x", "ticket=x", STREAM_CREDENTIAL_SEVERAL, NULL},
        {NULL, "bearer.x,bearer.x", "", STREAM_CREDENTIAL_SEVERAL, NULL},
        {"Bearer x", "bearer.x", "ticket=x", STREAM_CREDENTIAL_SEVERAL, NULL},
        {"Bearer x", NULL, "ticket=a&ticket=b", STREAM_CREDENTIAL_SEVERAL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stream_credential credential;
        struct http_request request = {.query = rows[i].query};
        char name[64];
        (void)snprintf(name, sizeof name, "row %zu", i);
        request.headers[HTTP_HEADER_AUTHORIZATION] = rows[i].authorization;
        request.headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL] = rows[i].protocols;
        stream_credential_read(&request, &credential);
        assert_row(credential.kind == rows[i].kind, name);
        if (rows[i].text) {
            assert_row(credential.len == strlen(rows[i].text), name);
            assert_row(memcmp(credential.text, rows[i].text, credential.len) == 0, name);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
