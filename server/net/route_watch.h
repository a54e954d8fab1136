/* What a newer libwebsockets watches without being asked: the routes and
 * addresses of the machine. */
#ifndef PF_NET_ROUTE_WATCH_H
#define PF_NET_ROUTE_WATCH_H

/* After a context was created, while the process has one thread. What fails is
 * logged. */
void route_watch_silence(void);

#endif
