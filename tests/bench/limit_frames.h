/* The ready-made frames of the limit: buffers of whole WebSocket frames, all of
 * one size but where a buffer has one: those vary by a few bytes from round to
 * round, as real ones do, since TCP acknowledges equal ones more cheaply. A frame's payload begins with its stamp, 16
 * decimal digits, and the number of the frame in its buffer: "0000000000000042:7 ". Thread: one. */
#ifndef PF_BENCH_LIMIT_FRAMES_H
#define PF_BENCH_LIMIT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMIT_PAYLOAD_MIN 20

struct limit_frames_config {
    unsigned buffers_n;
    unsigned frames_n; /* in a buffer, at most 64 */
    size_t payload_bytes;
    unsigned rows_n; /* how many times a payload holds the mark of a position */
};

struct limit_frames {
    struct limit_frames_config config;
    size_t header_bytes, frame_bytes, buffer_bytes;
    char *bytes;
    uint64_t *stamps; /* of each buffer */
};

/* Refuses payloads below LIMIT_PAYLOAD_MIN or above 65535 bytes. */
bool limit_frames_init(struct limit_frames *frames, const struct limit_frames_config *config);
void limit_frames_fini(struct limit_frames *frames);
/* The buffer, its frames stamped; *ret_bytes of it are to be sent. */
const char *limit_frames_stamped(struct limit_frames *frames, unsigned buffer, uint64_t stamp, size_t *ret_bytes);

#endif
