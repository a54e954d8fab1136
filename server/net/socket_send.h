/* One send on a socket, without waiting and without a signal. Thread: any. */
#ifndef PF_NET_SOCKET_SEND_H
#define PF_NET_SOCKET_SEND_H

#include <stddef.h>
#include <sys/types.h>

/* As send(): how many bytes were taken, or -1 and errno. */
ssize_t socket_send(int fd, const void *bytes, size_t len);

#endif
