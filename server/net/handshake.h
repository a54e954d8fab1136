/* The WebSocket opening handshake: what of a request's head is acceptable, and
 * the one canonical request that the library gets to see instead of a
 * stranger's bytes. Thread: any; pure; fuzzed with head. */
#ifndef PF_NET_HANDSHAKE_H
#define PF_NET_HANDSHAKE_H

#include "net/head.h"

#define HANDSHAKE_BYTES_MAX 512
#define HANDSHAKE_PROTOCOL_MAX 64

/* The head asks for an upgrade, of whatever kind. */
static inline bool handshake_is_asked(const struct head *head) {
    return head->upgrade != NULL;
}

/* STATUS_OK: a handshake of version 13 with a key of 16 bytes, without a body,
 * that offers `protocol` or none. */
PF_MUST_CHECK enum status handshake_check(const struct head *head, const char *protocol);

/* The canonical request for a head that passed the check; returns its length. */
size_t handshake_write(char out[HANDSHAKE_BYTES_MAX], const struct head *head, const char *protocol);

#endif
