"""A Redis server of the tests' own, on a unix socket and a free loopback port."""

import os
import signal

import redis

from support.ports import free_port
from support.process import Process, ScratchDirectory, as_unprivileged, log_tail
from support.waiting import wait_until


class Redis:
    def __init__(self, *, appendonly=False):
        self._scratch = ScratchDirectory("redis")
        self._log = os.path.join(self._scratch.path, "log")
        self._appendonly = appendonly
        self._process = None
        self.socket_path = os.path.join(self._scratch.path, "redis.sock")
        self.port = free_port()
        self.url = f"unix://{self.socket_path}"
        self.tcp_url = f"redis://127.0.0.1:{self.port}"
        self.start()

    @property
    def client(self):
        """A new client of redis-py, without retries of its own."""
        return redis.Redis(unix_socket_path=self.socket_path, decode_responses=True, socket_timeout=10)

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--unixsocket", self.socket_path, "--unixsocketperm", "777", "--save", ""]
        command += ["--dir", self._scratch.path, "--appendonly", "yes" if self._appendonly else "no"]
        self._process = Process(as_unprivileged(command), log_path=self._log, cwd=self._scratch.path)
        wait_until(self._answers, what=lambda: "a Redis that answers; its log:\n" + log_tail(self._log))

    def _answers(self):
        if not self._process.is_running():
            raise AssertionError("Redis ended at its start:\n" + log_tail(self._log))
        client = self.client
        try:
            return client.ping()
        except redis.RedisError:
            return False
        finally:
            client.close()

    @property
    def is_running(self):
        return self._process is not None and self._process.is_running()

    def stop(self):
        if self.is_running:
            self._process.signal(signal.SIGTERM)
            self._process.wait()

    def kill(self):
        if self.is_running:
            self._process.kill()

    def restart(self):
        self.stop()
        self.start()

    def flush(self):
        client = self.client
        client.flushall()
        client.close()

    def pause(self):
        """SIGSTOP: connections stay open, nothing answers."""
        self._process.signal(signal.SIGSTOP)

    def resume(self):
        self._process.signal(signal.SIGCONT)

    def destroy(self):
        self.kill()
        self._scratch.remove()
