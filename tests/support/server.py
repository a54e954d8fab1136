"""The server under test: a `portfoliod serve` of its own, on a free port.

Its settings are passed in the environment. Every stop checks that it ended
as it should: exit code 0 and no report of a sanitizer.
"""

import json
import os
import re
import signal
import subprocess
import threading

from support.http_api import HttpApi
from support.ports import free_port
from support.process import ROOT, Process, tied
from support.waiting import DEADLINE_S, wait_until

_REPORTS = re.compile(r"ERROR: AddressSanitizer|ERROR: LeakSanitizer|WARNING: ThreadSanitizer|runtime error: ")
_SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:exitcode=86",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:exitcode=87:second_deadlock_stack=1",
}


# A test asks as fast as it can, and all of it from one address.
UNLIMITED = {
    name: 0
    for name in ("RATE_ADDRESS", "RATE_USER", "RATE_LOGIN", "RATE_MESSAGES", "RATE_HANDSHAKES",
                 "OPEN_REQUESTS_PER_USER", "CONNECTIONS_PER_ADDRESS", "STREAM_BYTES_PER_SECOND")
}  # fmt: skip


def binary_path():
    return os.environ.get("PORTFOLIOD", os.path.join(ROOT, "build", "asan", "portfoliod"))


def program_environment(settings):
    """A small environment: nothing of the developer's settings leaks into a test."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    for name, value in _SANITIZERS.items():
        env[name] = os.environ.get(name, value)
    env.update({name: str(value) for name, value in settings.items() if value is not None})
    return env


def run_program(*arguments, stdin=None, settings=None, deadline_s=DEADLINE_S):
    """Runs `portfoliod <arguments>` to its end: a CompletedProcess with texts."""
    done = subprocess.run(
        [binary_path(), *arguments],
        input=stdin,
        env=program_environment(settings or {}),
        capture_output=True,
        text=True,
        timeout=deadline_s,
        check=False,
    )
    assert not _REPORTS.search(done.stderr), done.stderr
    return done


def migrate(url):
    # The first thing of a run, when every process of it starts its PostgreSQL, too.
    done = run_program("migrate", settings={"DATABASE_URL": url}, deadline_s=4 * DEADLINE_S)
    assert done.returncode == 0, f"portfoliod migrate failed:\n{done.stderr}"


class Server(HttpApi):
    """Settings by their names: Server(DATABASE_URL=…, HEARTBEAT_MS=200)."""

    def __init__(self, **settings):
        self.tls = settings.pop("tls", None)  # what the clients of PORT use
        self.settings = {"HOST": "127.0.0.1", "PORT": free_port(), "AUTH": "off", **UNLIMITED, **settings}
        self.port = None
        self._process = None
        self._reader = None
        self._lines = []
        self._lines_changed = threading.Condition()
        self._saw_bus = False
        self.start()

    # --- the process ---

    def start(self, wait=True):
        self._lines = []
        self._saw_bus = False
        self._process = Process(
            tied([binary_path(), "serve"]),
            env=program_environment(self.settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read_log, args=(self._process.popen.stderr,), daemon=True)
        self._reader.start()
        if wait:
            self.wait_for_log("server.listening")
            self.port = self.log_events("server.listening")[-1]["port"]
            # After a restart too, as a service has it; where PORT=0 was asked for it came now.
            self.settings["PORT"] = self.port

    def _read_log(self, pipe):
        with pipe:
            for line in pipe:
                with self._lines_changed:
                    self._lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                    self._lines_changed.notify_all()

    @property
    def pid(self):
        return self._process.pid

    @property
    def is_running(self):
        return self._process is not None and self._process.is_running()

    def terminate(self):
        """SIGTERM, without waiting for what it does."""
        self._process.signal(signal.SIGTERM)

    def hang_up(self):
        """SIGHUP: certificates and keys are read again."""
        self._process.signal(signal.SIGHUP)

    def wait(self, deadline_s=None):
        """Waits for the end; asserts exit code 0 and no sanitizer report."""
        code = self._process.wait(deadline_s)
        self._reader.join()
        self._check_reports()
        assert code == 0, f"portfoliod ended with {code}:\n" + self.log[-8000:]

    def stop(self, deadline_s=None):
        """SIGTERM and wait. Does nothing when it was stopped or killed before."""
        if self._process is None:
            return
        if self.is_running:
            self.terminate()
        self.wait(deadline_s)
        self._process = None

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._reader.join()
            self._process = None
            self._check_reports()

    def _check_reports(self):
        report = _REPORTS.search(self.log)
        assert not report, "a sanitizer reported:\n" + self.log[report.start() :][:6000]

    def discard(self):
        """kill -9 without a judgement, after a failed stop."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def restart(self):
        self.stop()
        self.start()

    # --- what it logs ---

    @property
    def log(self):
        with self._lines_changed:
            return "\n".join(self._lines)

    def log_events(self, name=None):
        """The log's events as objects, all or those of one name, oldest first."""
        with self._lines_changed:
            lines = list(self._lines)
        events = []
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and (name is None or event.get("event") == name):
                events.append(event)
        return events

    def wait_for_log(self, name, count=1, deadline_s=None):
        def has_come():
            if len(self.log_events(name)) >= count:
                return True
            if not self.is_running:
                self._reader.join()
                if len(self.log_events(name)) >= count:
                    return True
                raise AssertionError(f"portfoliod ended before it logged {name}:\n{self.log[-8000:]}")
            return False

        wait_until(has_come, deadline_s, lambda: f"log event {name}; the log:\n{self.log[-8000:]}\nits coming")
        return self.log_events(name)[-1]

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def put_price(self, symbol, price, **more):
        self.see_bus()
        return super().put_price(symbol, price, **more)

    def see_bus(self):
        """Once, before the first price: a request may reach any loop, and each finds the bus in its own time."""
        if not self._saw_bus:
            loops = int(self.settings.get("LOOPS", 1))
            wait_until(lambda: self.metric("pf_bus_connected") == loops, what="the bus in every loop")
        self._saw_bus = True

    def publish(self, *quotes):
        """`portfoliod publish …` on this server's bus."""
        done = run_program("publish", *quotes, settings={"REDIS_URL": self.settings["REDIS_URL"]})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
