#!/usr/bin/python3
"""An attack that does not end: attack.py PORT, until SIGTERM; then it says what it did, as JSON.

Round by round, from a few addresses of the loopback: quick connects, handshakes,
requests that are refused, deep JSON, tokens that are none, and streams that send
floods of pings, of empty pieces, of wrong messages and of subscriptions. It reads
what it is answered, and opens anew what is closed. It pauses as long as it works,
so that the load client on the same core can still be asked how late things were.
"""

import collections
import json
import os
import signal
import socket
import struct
import sys
import time

STREAMS = 8
CONNECTS_A_ROUND = 20
CLOSED_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER

REQUEST = "{} HTTP/1.1\r\nHost: localhost\r\n{}\r\n"
HANDSHAKE = REQUEST.format(
    "GET /stream",
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
).encode()
DEEP = b"[" * 20000
BODY = f"Content-Type: application/json\r\nContent-Length: {len(DEEP)}\r\n"
QUICK = [
    b"",
    b"GET /",
    REQUEST.format("GET /nothing", "").encode(),
    REQUEST.format("POST /customers", BODY).encode() + DEEP,
    REQUEST.format("GET /customers", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n").encode(),
    b"X" * 20000,
    HANDSHAKE,
]


def frame(first, payload=b""):
    size = len(payload)
    head = bytes([first, 0x80 | size]) if size < 126 else struct.pack(">BBH", first, 0xFE, size)
    return head + b"\x00" * 4 + payload


SUBSCRIBE = b'{"type":"subscribe","portfolio_id":"00000000-0000-4000-8000-%012x"}'
FLOODS = [
    frame(0x89, b"x") * 4000,
    frame(0x01, b'{"type":"ping"') + frame(0x00) * 4000 + frame(0x80, b"}"),
    frame(0x81, b"{") * 50,
    frame(0x81, b'{"type":"ping"}') * 50,
    b"".join(frame(0x81, SUBSCRIBE % n) for n in range(50)),
    frame(0x81, b'{"type":"ping","x":' + b"[" * 14000),
]


class Attack:
    def __init__(self, port):
        self.port = port
        self.did = collections.Counter()
        self.is_over = False
        self._streams = []
        self._number = 0

    def _open(self, payload):
        self._number += 1
        it = socket.socket()
        it.bind((f"127.66.0.{self._number % 200 + 1}", 0))
        it.settimeout(1)
        try:
            it.connect(("127.0.0.1", self.port))
            it.sendall(payload)
        except OSError:
            self.did["refused"] += 1
        return it

    def _connects(self):
        opened = [self._open(QUICK[n % len(QUICK)]) for n in range(CONNECTS_A_ROUND)]
        for n, it in enumerate(opened):
            if n % 2:
                it.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSED_AT_ONCE)
            it.close()
        self.did["connects"] += len(opened)

    def _guesses(self):
        with self._open(b"") as it:
            for _ in range(10):
                token = os.urandom(24).hex()
                try:
                    it.sendall(REQUEST.format("GET /customers?limit=1", f"Authorization: Bearer {token}\r\n").encode())
                    it.recv(65536)
                except OSError:
                    break
                self.did["guesses"] += 1

    def _floods(self):
        while len(self._streams) < STREAMS:
            stream = self._open(HANDSHAKE)
            stream.setblocking(False)
            self._streams.append(stream)
            self.did["streams"] += 1
        for place, stream in enumerate(list(self._streams)):
            try:
                self.did["bytes"] += stream.send(FLOODS[(place + self._number) % len(FLOODS)])
                while stream.recv(1 << 18):
                    pass
                raise ConnectionError
            except BlockingIOError:
                continue
            except OSError:
                self._streams.remove(stream)
                stream.close()
                self.did["closed"] += 1

    def run(self):
        while not self.is_over:
            begun = time.monotonic()
            self._connects()
            self._guesses()
            self._floods()
            self.did["rounds"] += 1
            time.sleep(time.monotonic() - begun)


def main():
    attack = Attack(int(sys.argv[1]))

    def end(*_):
        attack.is_over = True

    signal.signal(signal.SIGTERM, end)
    print("attacking", flush=True)
    attack.run()
    print(json.dumps(attack.did))


if __name__ == "__main__":
    main()
