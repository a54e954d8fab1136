/* A system call and nothing else: libc's send() is a point where its thread
 * could be cancelled, which costs two atomic operations a frame. Thread: any. */
#include "net/socket_send.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t socket_send(int fd, const void *bytes, size_t len) {
    return syscall(SYS_sendto, fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
}
