/* An IP address and lists of networks, whatever the family: IPv4 is kept as its
 * IPv4-mapped IPv6, so that 10.0.0.1 and ::ffff:10.0.0.1 are one. Thread: any; pure. */
#ifndef PF_BASE_ADDRESS_H
#define PF_BASE_ADDRESS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_TEXT_MAX 48 /* with its NUL */
#define ADDRESS_LIST_MAX 64

struct address {
    unsigned char bytes[16];
};

struct address_network {
    struct address address;
    unsigned prefix_bits; /* of 128 */
};

struct address_list {
    struct address_network networks[ADDRESS_LIST_MAX];
    size_t n;
};

/* A numeric address without a port; a zone (%eth0) is left out of it. */
PF_MUST_CHECK enum status address_parse(const char *text, size_t len, struct address *ret_address);
void address_write(char out[ADDRESS_TEXT_MAX], const struct address *address);
bool address_is_ipv4(const struct address *address);
bool address_equals(const struct address *a, const struct address *b);

/* Whose limits it shares: an IPv4 address by itself, of IPv6 its /64, since one
 * site has all of that. */
struct address address_site(const struct address *address);

/* "127.0.0.1, 10.0.0.0/8, fd00::/8", "" is the empty list; error[0..error_len)
 * names what is wrong. */
PF_MUST_CHECK enum status address_list_parse(const char *text, struct address_list *ret_list, char *error,
                                             size_t error_len);
bool address_list_has(const struct address_list *list, const struct address *address);

#endif
