"""One connection over a plain socket: bytes go out as they are, answers come back one by one.

Its own address may be chosen among those of the loopback: to the server that is another client.
"""

import socket

from support.waiting import DEADLINE_S


class Wire:
    def __init__(self, server, address="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", server.port), DEADLINE_S, (address, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def send(self, *pieces):
        for piece in pieces:
            self.socket.sendall(piece)
        return self

    def answer(self):
        """(status, headers, body) as of HttpApi.request."""
        status = int(self.file.readline().split(b" ")[1])
        headers = {}
        while (line := self.file.readline()) != b"\r\n":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        has_body = status >= 200 and status not in (204, 304)
        return status, headers, self.file.read(int(headers.get("content-length", 0))) if has_body else b""

    def ask(self, method, path, *fields, body=b""):
        length = [f"Content-Length: {len(body)}"] if body else []
        return self.send(head(method, path, *fields, *length) + body).answer()

    def is_over(self):
        """The server has closed it, and had nothing more to say."""
        try:
            return self.file.read() == b""
        except ConnectionResetError:
            return True


def head(method, path, *fields):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


HANDSHAKE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
