/* Addresses by inet_pton. Refuses names, ports and prefixes that are no numbers.
 * Thread: any; pure. */
#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define IPV4_PREFIX_BITS 96 /* of the IPv4-mapped IPv6 addresses */
#define SITE_BYTES 8        /* a /64 */

static const unsigned char mapped[IPV4_PREFIX_BITS / 8] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum status address_parse(const char *text, size_t len, struct address *ret_address) {
    char copy[ADDRESS_TEXT_MAX];
    const char *zone = memchr(text, '%', len);
    len = zone ? (size_t)(zone - text) : len;
    if (len == 0 || len >= sizeof copy || memchr(text, '\0', len))
        return STATUS_INVALID;
    memcpy(copy, text, len);
    copy[len] = '\0';
    struct address address;
    memcpy(address.bytes, mapped, sizeof mapped);
    if (inet_pton(AF_INET, copy, address.bytes + sizeof mapped) != 1 && inet_pton(AF_INET6, copy, address.bytes) != 1)
        return STATUS_INVALID;
    *ret_address = address;
    return STATUS_OK;
}

void address_write(char out[ADDRESS_TEXT_MAX], const struct address *address) {
    bool is_ipv4 = address_is_ipv4(address);
    const unsigned char *bytes = address->bytes + (is_ipv4 ? sizeof mapped : 0);
    if (!inet_ntop(is_ipv4 ? AF_INET : AF_INET6, bytes, out, ADDRESS_TEXT_MAX))
        out[0] = '\0';
}

bool address_is_ipv4(const struct address *address) {
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

bool address_equals(const struct address *a, const struct address *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct address address_site(const struct address *address) {
    struct address site = *address;
    if (!address_is_ipv4(address))
        memset(site.bytes + SITE_BYTES, 0, sizeof site.bytes - SITE_BYTES);
    return site;
}

/* At most three digits. */
static enum status prefix_parse(const char *text, size_t len, unsigned max, unsigned *ret_bits) {
    unsigned bits = 0;
    if (len < 1 || len > 3)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return STATUS_INVALID;
        bits = bits * 10 + (unsigned)(text[i] - '0');
    }
    if (bits > max)
        return STATUS_INVALID;
    *ret_bits = bits;
    return STATUS_OK;
}

static enum status network_parse(const char *text, size_t len, struct address_network *ret_network) {
    const char *slash = memchr(text, '/', len);
    size_t address_len = slash ? (size_t)(slash - text) : len;
    struct address_network network = {.prefix_bits = 128};
    enum status status = address_parse(text, address_len, &network.address);
    if (status != STATUS_OK || !slash) {
        if (status == STATUS_OK)
            *ret_network = network;
        return status;
    }
    bool is_ipv4 = memchr(text, ':', address_len) == NULL;
    status = prefix_parse(slash + 1, len - address_len - 1, is_ipv4 ? 32 : 128, &network.prefix_bits);
    if (status != STATUS_OK)
        return status;
    network.prefix_bits += is_ipv4 ? IPV4_PREFIX_BITS : 0;
    *ret_network = network;
    return STATUS_OK;
}

enum status address_list_parse(const char *text, struct address_list *ret_list, char *error, size_t error_len) {
    struct address_list list = {.n = 0};
    for (text += strspn(text, " \t,"); *text; text += strspn(text, " \t,")) {
        size_t len = strcspn(text, " \t,");
        if (list.n == ADDRESS_LIST_MAX) {
            (void)snprintf(error, error_len, "more than %d addresses", ADDRESS_LIST_MAX);
            return STATUS_LIMIT;
        }
        if (network_parse(text, len, &list.networks[list.n]) != STATUS_OK) {
            (void)snprintf(error, error_len, "\"%.*s\" is neither an address nor a network like 10.0.0.0/8",
                           len > 64 ? 64 : (int)len, text);
            return STATUS_INVALID;
        }
        list.n++;
        text += len;
    }
    *ret_list = list;
    return STATUS_OK;
}

static bool network_has(const struct address_network *network, const struct address *address) {
    size_t whole = network->prefix_bits / 8;
    unsigned rest = network->prefix_bits % 8;
    if (memcmp(network->address.bytes, address->bytes, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    unsigned char differ = (unsigned char)(network->address.bytes[whole] ^ address->bytes[whole]);
    return differ >> (8 - rest) == 0;
}

bool address_list_has(const struct address_list *list, const struct address *address) {
    for (size_t i = 0; i < list->n; i++)
        if (network_has(&list->networks[i], address))
            return true;
    return false;
}
