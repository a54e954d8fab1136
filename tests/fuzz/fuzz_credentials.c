/* What a request shows of who asks, and from where: the Authorization header, the
 * subprotocols with bearer.<token>, ?ticket=, Origin and Host, X-Forwarded-For. The
 * first line of the input is a list of trusted proxies, the second one of origins,
 * the rest a request's head. What is found is what a plain reader finds too. */
#include "app/auth_claim.h"
#include "app/cors.h"
#include "app/stream_credential.h"
#include "fuzz.h"
#include "net/visitor.h"

#include <ctype.h>
#include <string.h>

/* The length of the line at *rest, which moves behind it. */
static char *cut_line(char **rest, char *end) {
    char *line = *rest;
    char *line_end = memchr(line, '\n', (size_t)(end - line));
    *rest = line_end ? line_end + 1 : end;
    *(line_end ? line_end : end) = '\0';
    return line;
}

/* How many entries of the list begin with "bearer.". */
static size_t count_bearers(const char *list) {
    size_t n = 0;
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += strspn(at, " \t,");
        n += strncmp(at, "bearer.", 7) == 0;
    }
    return n;
}

/* How many parameters of the query are called ticket, whatever they are worth. */
static size_t count_tickets(const char *query) {
    size_t n = 0;
    for (const char *at = query; at; at = strchr(at, '&')) {
        at += *at == '&';
        n += strncmp(at, "ticket", 6) == 0 && (at[6] == '=' || at[6] == '&' || at[6] == '\0');
    }
    return n;
}

/* A claim without keys and without a database: an API key or a ticket, by their form alone. */
static void check_claims(const struct stream_credential *credential) {
    struct auth_claim claim;
    if (auth_claim_read(NULL, 0, credential->text, credential->len, &claim) == AUTH_OK)
        FUZZ_CHECK(claim.kind == AUTH_CLAIM_KEY && memcmp(credential->text, "pfk_", 4) == 0);
    if (auth_claim_read_ticket(credential->text, credential->len, &claim) == AUTH_OK)
        FUZZ_CHECK(claim.kind == AUTH_CLAIM_TICKET && memcmp(credential->text, "pft_", 4) == 0);
}

static void check_credential(const struct http_request *request) {
    struct stream_credential credential;
    const char *protocols = request->headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL];
    size_t bearers_n = protocols ? count_bearers(protocols) : 0, tickets_n = count_tickets(request->query);
    size_t n = bearers_n + (request->headers[HTTP_HEADER_AUTHORIZATION] != NULL) + (tickets_n > 0);
    stream_credential_read(request, &credential);
    if (!strchr(request->query, '%') && !strchr(request->query, '+')) { /* else names may be escaped */
        FUZZ_CHECK((n == 0) == (credential.kind == STREAM_CREDENTIAL_NONE));
        FUZZ_CHECK((n > 1) == (credential.kind == STREAM_CREDENTIAL_SEVERAL));
    }
    FUZZ_CHECK(n < 2 || credential.kind == STREAM_CREDENTIAL_SEVERAL);
    if (credential.kind == STREAM_CREDENTIAL_NONE || credential.kind == STREAM_CREDENTIAL_SEVERAL)
        return;
    FUZZ_CHECK(memchr(credential.text, '\0', credential.len) == NULL);
    FUZZ_CHECK(credential.kind != STREAM_CREDENTIAL_TOKEN || !memchr(credential.text, ',', credential.len));
    FUZZ_CHECK(credential.kind != STREAM_CREDENTIAL_TICKET || tickets_n < 2 || credential.len == 0);
    check_claims(&credential);
}

/* What both of them name: "://" and a host on the one side, a host on the other. */
static void check_same_host(const char *origin, const char *host) {
    const char *at = strstr(origin, "://");
    FUZZ_CHECK(at);
    at += 3;
    for (; *at && *host && tolower((unsigned char)*at) == tolower((unsigned char)*host); at++, host++)
        ;
    /* One of them may name the port that the other one implies. */
    FUZZ_CHECK((!*at || *at == ':') && (!*host || *host == ':'));
}

static void check_origin(const struct origins *origins, const struct http_request *request) {
    const char *origin = request->headers[HTTP_HEADER_ORIGIN], *host = request->headers[HTTP_HEADER_HOST];
    struct http_response response = {.status = 200};
    cors_add(origins, request, "GET", &response);
    bool is_told = response.headers_n > 0;
    FUZZ_CHECK(is_told == (origin && origins_has(origins, origin)));
    FUZZ_CHECK(!is_told || strpbrk(response.headers[0].value, "\r\n") == NULL);
    FUZZ_CHECK(!is_told || !origins_is_empty(origins));
    if (host && host_is_loopback(host))
        FUZZ_CHECK(strncmp(host, "127.", 4) == 0 || strncasecmp(host, "localhost", 9) == 0 ||
                   strncmp(host, "[::1]", 5) == 0);
    if (origin && host && origin_is_of_host(origin, host))
        check_same_host(origin, host);
}

/* The client is the peer, or an address that is written in the head by who may write it. */
static void check_visitor(const struct address_list *proxies, const struct head *head, const char *peer) {
    struct admission admission = {.proxies = proxies};
    struct visitor visitor;
    visitor_init(&visitor, &admission, peer);
    visitor_read(&visitor, &admission, head);
    if (address_equals(&visitor.client, &visitor.peer))
        return;
    FUZZ_CHECK(address_list_has(proxies, &visitor.peer) && head->forwarded_n > 0);
    struct address again;
    FUZZ_CHECK(address_parse(visitor.text, strlen(visitor.text), &again) == STATUS_OK);
    FUZZ_CHECK(address_equals(&again, &visitor.client));
}

static void check_proxies(const struct address_list *proxies) {
    FUZZ_CHECK(proxies->n <= ADDRESS_LIST_MAX);
    for (size_t i = 0; i < proxies->n; i++)
        FUZZ_CHECK(proxies->networks[i].prefix_bits <= 128 && address_list_has(proxies, &proxies->networks[i].address));
}

static void check_head(const char *proxies_text, const char *origins_text, char *bytes, size_t len) {
    struct address_list proxies;
    struct origins *origins;
    char error[160];
    struct head head;
    if (address_list_parse(proxies_text, &proxies, error, sizeof error) != STATUS_OK)
        proxies.n = 0;
    check_proxies(&proxies);
    if (origins_parse(origins_text, &origins, error, sizeof error) != STATUS_OK)
        FUZZ_CHECK(origins_parse("https://a.example:8443", &origins, error, sizeof error) == STATUS_OK);
    if (head_parse(bytes, len, &head) == STATUS_OK) {
        struct http_request request = {.method = head.method, .path = head.path, .query = head.query, .body = ""};
        memcpy(request.headers, head.headers, sizeof request.headers);
        check_credential(&request);
        check_origin(origins, &request);
        check_visitor(&proxies, &head, "10.0.0.1");
        check_visitor(&proxies, &head, "::1");
    }
    origins_destroy(&origins);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    char *rest = text, *end = text + size;
    *end = '\0';
    const char *proxies = cut_line(&rest, end);
    const char *origins = rest < end ? cut_line(&rest, end) : "";
    check_head(proxies, origins, rest, (size_t)(end - rest));
    free(text);
    return 0;
}
