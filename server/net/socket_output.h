/* What the kernel knows of a TCP connection's output. Private to net.
 * Thread: any. */
#ifndef PF_NET_SOCKET_OUTPUT_H
#define PF_NET_SOCKET_OUTPUT_H

#include "net/liveness.h"

#include <stdint.h>

/* Fills in acked_bytes and unsent_bytes; zeros when the socket tells nothing. */
void socket_output_read(int fd, struct liveness_output *ret_output);
/* All that ever came; 0 of what is no TCP socket. */
uint64_t socket_received_bytes(int fd);

#endif
