"""A WebSocket client over a plain socket, synchronous.

A library would hide what the tests must be able to do: read slowly or not at
all, send broken frames, see close codes and pings as they come.
"""

import base64
import hashlib
import os
import socket
import ssl
import struct
import time
from urllib.parse import urlsplit

from support.waiting import DEADLINE_S

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
SUBPROTOCOL = "portfolio.v1.json"
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Closed(Exception):
    """The connection has ended; code is None when no close frame came."""

    def __init__(self, code, reason=""):
        super().__init__(f"closed with {code} {reason}")
        self.code = code
        self.reason = reason


class Timeout(Exception):
    """Nothing came in time."""


class HandshakeRefused(Exception):
    def __init__(self, status, head, body):
        super().__init__(f"handshake answered {status}: {head}")
        self.status, self.head, self.body = status, head, body


class WebSocket:
    def __init__(self, url, *, subprotocol=SUBPROTOCOL, receive_buffer=None, headers=None, tls=None):
        """tls: an ssl.SSLContext, for wss."""
        parts = urlsplit(url)
        self._buffer = bytearray()
        self._closed = None
        self.pings = []
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(DEADLINE_S)
        try:
            self.socket.connect((parts.hostname, parts.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if parts.scheme == "wss":
                self.socket = tls.wrap_socket(self.socket, server_hostname=parts.hostname)
            self._shake_hands(parts, subprotocol, headers or {})
        except BaseException:
            self.socket.close()
            raise

    def _shake_hands(self, parts, subprotocol, headers):
        key = base64.b64encode(os.urandom(16)).decode()
        lines = {
            "Host": parts.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
        }
        if subprotocol:
            lines["Sec-WebSocket-Protocol"] = subprotocol
        lines.update(headers)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = f"GET {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v) + "\r\n"
        self.socket.sendall(head.encode())
        while b"\r\n\r\n" not in self._buffer:
            self._read_more(time.monotonic() + DEADLINE_S)
        answer, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer = bytearray(rest)
        status = int(answer.split(b" ", 2)[1])
        if status != 101:
            raise HandshakeRefused(status, answer.decode("latin-1"), rest)
        fields = dict(
            (name.strip().lower(), value.strip())
            for name, _, value in (line.partition(":") for line in answer.decode("latin-1").split("\r\n")[1:])
        )
        expected = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()
        assert fields["sec-websocket-accept"] == expected
        assert "sec-websocket-extensions" not in fields
        self.subprotocol = fields.get("sec-websocket-protocol")

    # --- sending ---

    def send_frame(self, opcode, payload=b"", *, fin=True):
        mask = os.urandom(4)
        head = bytearray([(0x80 if fin else 0) | opcode])
        if len(payload) < 126:
            head.append(0x80 | len(payload))
        elif len(payload) < 65536:
            head += struct.pack(">BH", 0x80 | 126, len(payload))
        else:
            head += struct.pack(">BQ", 0x80 | 127, len(payload))
        stretched = (mask * (len(payload) // 4 + 1))[: len(payload)]
        masked = int.from_bytes(payload, "big") ^ int.from_bytes(stretched, "big")
        self.send_bytes(bytes(head) + mask + masked.to_bytes(len(payload), "big"))

    def send_bytes(self, data):
        """Raw bytes, well formed or not."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass  # why it ended, recv says

    def send_text(self, text):
        self.send_frame(TEXT, text.encode() if isinstance(text, str) else text)

    def ping(self, payload=b""):
        self.send_frame(PING, payload)

    # --- receiving ---

    def _read_more(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise Timeout("no frame came in time")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(1 << 18)
        except socket.timeout:
            raise Timeout("no frame came in time") from None
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            self._closed = self._closed or Closed(None)
            raise self._closed
        self._buffer += data

    def _next_frame(self):
        """(fin, opcode, payload) of a complete frame in the buffer, or None."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, at = buffer[1] & 0x7F, 2
        if length == 126:
            if len(buffer) < 4:
                return None
            length, at = struct.unpack_from(">H", buffer, 2)[0], 4
        elif length == 127:
            if len(buffer) < 10:
                return None
            length, at = struct.unpack_from(">Q", buffer, 2)[0], 10
        if len(buffer) < at + length:
            return None
        assert not buffer[1] & 0x80, "a server does not mask"
        assert not buffer[0] & 0x70, "no reserved bits without an extension"
        frame = bool(buffer[0] & 0x80), buffer[0] & 0x0F, bytes(buffer[at : at + length])
        del buffer[: at + length]
        return frame

    def recv_frame(self, timeout=DEADLINE_S):
        end = time.monotonic() + timeout
        while True:
            frame = self._next_frame()
            if frame is not None:
                return frame
            if self._closed:
                raise self._closed
            self._read_more(end)

    def recv_text(self, timeout=DEADLINE_S, answer_pings=True):
        """The next text message. Answers pings; raises Closed at the end of the connection."""
        end = time.monotonic() + timeout
        parts = []
        while True:
            fin, opcode, payload = self.recv_frame(max(0.0, end - time.monotonic()))
            if opcode == PING:
                self.pings.append(payload)
                if answer_pings:
                    self.send_frame(PONG, payload)
            elif opcode == CLOSE:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
                self._closed = Closed(code, payload[2:].decode("utf-8"))
                self.send_frame(CLOSE, payload[:2])
                raise self._closed
            elif opcode in (TEXT, 0x0):
                parts.append(payload)
                if fin:
                    return b"".join(parts).decode("utf-8", "strict")
            else:
                assert opcode == PONG, f"frame with opcode {opcode}"

    def close(self, code=1000):
        """Starts the closing handshake and lets go of the socket."""
        if self._closed is None and self.socket.fileno() >= 0:
            self.send_frame(CLOSE, struct.pack(">H", code))
        self.socket.close()

    def drop(self):
        """Lets go without a close frame, as a lost network does."""
        self.socket.close()
