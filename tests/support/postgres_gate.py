"""A way to PostgreSQL on which a connection can be closed at a word of the client's.

What is behind it notices nothing but a client that left; what is before it, a
server that closed: an administrator's pg_terminate_backend, to the byte.
"""

import os
import socket
import threading

from support.process import ScratchDirectory


class PostgresGate:
    def __init__(self, cluster):
        self._target = os.path.join(cluster.socket_directory, ".s.PGSQL.5432")
        self._scratch = ScratchDirectory("gate")
        self._lock = threading.Lock()
        self._pairs = {}  # (near, far) -> what the client has said
        self._ended = []  # what those said that are gone
        self._word, self._cuts_left = None, 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(os.path.join(self._scratch.path, ".s.PGSQL.5432"))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        self.cuts_n = 0

    def url(self, database):
        return database.url.replace(os.path.dirname(self._target), self._scratch.path)

    def cut_at(self, word, times):
        """The next connections, so many, whose client says the word are closed before it gets there."""
        with self._lock:
            self._word, self._cuts_left = word.encode(), times

    def cut_who_said(self, word):
        """Those that are open; how many."""
        with self._lock:
            pairs = [pair for pair, said in self._pairs.items() if word.encode() in said]
        for pair in pairs:
            self._end(pair)
        return len(pairs)

    def said_n(self, word):
        """How many have said it, ever."""
        with self._lock:
            return sum(word.encode() in said for said in [*self._pairs.values(), *self._ended])

    def stop(self):
        self._listener.close()
        for pair in list(self._pairs):
            self._end(pair)
        self._scratch.remove()

    # --- the threads: one that accepts, two a connection ---

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self._target)
            except OSError:
                near.close()
                continue
            pair = (near, far)
            with self._lock:
                self._pairs[pair] = bytearray()
            threading.Thread(target=self._carry_there, args=(pair,), daemon=True).start()
            threading.Thread(target=self._carry_back, args=(pair,), daemon=True).start()

    def _carry_there(self, pair):
        near, far = pair
        try:
            while data := near.recv(1 << 16):
                if self._is_cut_by(pair, data):
                    break
                far.sendall(data)
        except OSError:
            pass
        self._end(pair)

    def _carry_back(self, pair):
        near, far = pair
        try:
            while data := far.recv(1 << 16):
                near.sendall(data)
        except OSError:
            pass
        self._end(pair)

    def _is_cut_by(self, pair, data):
        with self._lock:
            self._pairs.get(pair, bytearray()).extend(data)
            if not self._cuts_left or self._word not in data:
                return False
            self._cuts_left -= 1
            self.cuts_n += 1
            return True

    def _end(self, pair):
        """Shut down, not closed: the other thread may be inside a call."""
        with self._lock:
            if pair in self._pairs:
                self._ended.append(self._pairs.pop(pair))
        for its in pair:
            try:
                its.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
