/* Headers of unmasked server frames, written in front of a payload.
 * Thread: any; pure. */
#ifndef PF_NET_WEBSOCKET_FRAME_H
#define PF_NET_WEBSOCKET_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define WEBSOCKET_HEADER_MAX 10
#define WEBSOCKET_TEXT 0x81 /* a whole text message */
#define WEBSOCKET_PING 0x89

static inline size_t websocket_header_size(size_t payload_len) {
    return payload_len < 126 ? 2 : payload_len < 65536 ? 4 : WEBSOCKET_HEADER_MAX;
}

/* Writes the header into the bytes before `payload`; returns where it begins. */
static inline unsigned char *websocket_header_write(unsigned char *payload, size_t payload_len, unsigned char type) {
    size_t size = websocket_header_size(payload_len);
    unsigned char *header = payload - size;
    header[0] = type;
    header[1] = size == 2 ? (unsigned char)payload_len : size == 4 ? 126 : 127;
    uint64_t rest = payload_len;
    for (size_t i = size; i > 2; i--, rest >>= 8)
        header[i - 1] = (unsigned char)rest;
    return header;
}

#endif
