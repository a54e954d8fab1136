"""How many requests a server has begun to handle, without those that ask it for that."""

from support.waiting import wait_until


class RequestCount:
    """Of those from now on."""

    def __init__(self, server):
        self._server = server
        self._asked_n = 0
        self._before = self._read()

    def _read(self):
        return self._server.metric("pf_http_requests_total")

    def _others_n(self):
        self._asked_n += 1
        return self._read() - self._before - self._asked_n

    def wait_for(self, n):
        wait_until(lambda: self._others_n() >= n, what=f"{n} requests")
