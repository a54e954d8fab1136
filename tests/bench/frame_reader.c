/* Frames of RFC 6455 as bytes. Pure. */
#include "frame_reader.h"

#include <stdbool.h>
#include <string.h>

#define MASK_BYTES 4

static bool opcode_is_known(unsigned char opcode) {
    return opcode <= FRAME_BINARY || (opcode >= FRAME_CLOSE && opcode <= FRAME_PONG);
}

enum frame_result frame_read(const char *bytes, size_t len, struct frame_view *ret_view) {
    const unsigned char *at = (const unsigned char *)bytes;
    if (len < 2)
        return FRAME_PARTIAL;
    if ((at[0] & 0x70) != 0 || (at[1] & 0x80) != 0 || !opcode_is_known(at[0] & 0x0f))
        return FRAME_REFUSED;
    size_t header = at[1] < 126 ? 2 : at[1] == 126 ? 4 : 10;
    if (len < header)
        return FRAME_PARTIAL;
    uint64_t payload = header == 2 ? at[1] : 0;
    for (size_t i = 2; i < header; i++)
        payload = payload << 8 | at[i];
    if (payload > FRAME_PAYLOAD_MAX)
        return FRAME_REFUSED;
    if (payload > len - header)
        return FRAME_PARTIAL;
    *ret_view = (struct frame_view){.opcode = at[0] & 0x0f,
                                    .payload = bytes + header,
                                    .payload_len = (size_t)payload,
                                    .frame_len = header + (size_t)payload};
    return FRAME_WHOLE;
}

size_t frame_write(unsigned char opcode, const char *payload, size_t len, char *out, size_t room) {
    size_t header = (len < 126 ? 2 : 4) + MASK_BYTES;
    if (len > 0xffff || room < header + len)
        return 0;
    memset(out, 0, header);
    out[0] = (char)(0x80 | opcode);
    out[1] = (char)(0x80 | (len < 126 ? len : 126));
    if (len >= 126) {
        out[2] = (char)(len >> 8);
        out[3] = (char)(len & 0xff);
    }
    memcpy(out + header, payload, len);
    return header + len;
}
