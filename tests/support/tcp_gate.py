"""A gate on the way to a server: while it is shut, what is sent is held and comes late.

That is what a network that is gone for a while does: connections stay, bytes
are on their way, and arrive although the sender has given up long since.
"""

import selectors
import socket
import threading


class _Pair:
    """One connection through the gate."""

    def __init__(self, near, far):
        self.near, self.far = near, far
        self.to_far, self.to_near = bytearray(), bytearray()
        self.is_near_over = self.is_far_over = False


class TcpGate:
    def __init__(self, port):
        self._target = ("127.0.0.1", port)
        self._lock = threading.Lock()
        self._pairs = []
        self._late_answers = bytearray()
        self._is_shut = False
        self._is_stopping = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    # --- for tests ---

    def shut(self):
        with self._lock:
            self._is_shut = True

    def open(self):
        with self._lock:
            self._is_shut = False

    @property
    def held(self):
        """What was sent towards the server and waits, a text for each connection."""
        with self._lock:
            return [bytes(pair.to_far) for pair in self._pairs if pair.to_far]

    @property
    def late_answers(self):
        """What the server said to connections whose sender had left."""
        with self._lock:
            return bytes(self._late_answers)

    def stop(self):
        self._is_stopping = True
        self._thread.join()
        for pair in self._pairs:
            self._end(pair)
        self._listener.close()

    # --- the thread ---

    def _run(self):
        while not self._is_stopping:
            with selectors.DefaultSelector() as selector:
                selector.register(self._listener, selectors.EVENT_READ)
                for pair in self._pairs:
                    for its, is_over in ((pair.near, pair.is_near_over), (pair.far, pair.is_far_over)):
                        if not is_over:
                            selector.register(its, selectors.EVENT_READ)
                ready = {key.fileobj for key, _ in selector.select(0.02)}
            with self._lock:
                if self._listener in ready and not self._is_shut:
                    self._accept()
                for pair in list(self._pairs):
                    self._carry(pair, ready)

    def _accept(self):
        near, _ = self._listener.accept()
        try:
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        self._pairs.append(_Pair(near, far))

    def _carry(self, pair, ready):
        if pair.near in ready:
            pair.is_near_over |= not self._read(pair.near, pair.to_far)
        if pair.far in ready:
            pair.is_far_over |= not self._read(pair.far, pair.to_near)
        if self._is_shut:
            return
        self._write(pair.far, pair.to_far)
        if pair.is_near_over:
            self._late_answers += pair.to_near
            pair.to_near.clear()
            try:
                pair.far.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        self._write(pair.near, pair.to_near)
        if pair.is_far_over:
            self._pairs.remove(pair)
            self._end(pair)

    @staticmethod
    def _read(source, buffer):
        try:
            data = source.recv(1 << 16)
        except OSError:
            return False
        buffer += data
        return bool(data)

    @staticmethod
    def _write(target, buffer):
        if buffer:
            try:
                target.sendall(buffer)
            except OSError:
                pass
            buffer.clear()

    @staticmethod
    def _end(pair):
        pair.near.close()
        pair.far.close()
