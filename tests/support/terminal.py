"""portfolio-top, the client for terminals, as a child of a test."""

import json
import os
import queue
import re
import signal
import subprocess
import threading

from support.process import tied
from support.server import binary_path, program_environment
from support.waiting import DEADLINE_S

_REPORTS = re.compile(r"ERROR: AddressSanitizer|ERROR: LeakSanitizer|runtime error: ")


def top_path():
    """The program under test: beside the server."""
    return os.environ.get("PORTFOLIO_TOP", os.path.join(os.path.dirname(binary_path()), "portfolio-top"))


def top_environment(settings=None):
    return program_environment({"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **(settings or {})})


def check_reports(text):
    assert not _REPORTS.search(text), text


def run_top(*arguments, stdin=subprocess.DEVNULL, settings=None, **options):
    """To its end: a CompletedProcess with texts."""
    done = subprocess.run(
        [top_path(), *map(str, arguments)],
        **({"input": stdin} if isinstance(stdin, str) else {"stdin": stdin}),
        env=top_environment(settings),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        **options,
    )
    check_reports(done.stderr)
    return done


class Lines:
    """One that runs with --json: its lines as objects, numbers as texts."""

    def __init__(self, *arguments, settings=None):
        self.popen = subprocess.Popen(
            tied([top_path(), "--json", *map(str, arguments)]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=top_environment(settings),
            text=True,
        )
        self._lines = queue.Queue()
        self._errors = []
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=lambda: self._errors.extend(self.popen.stderr), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_lines(self):
        for line in self.popen.stdout:
            self._lines.put(line)

    def next(self):
        line = self._lines.get(timeout=DEADLINE_S)
        return json.loads(line, parse_float=str, parse_int=str)

    def until(self, condition):
        """The first line for which the condition holds."""
        while True:
            line = self.next()
            if condition(line):
                return line

    @property
    def errors(self):
        return "".join(self._errors)

    def wait(self):
        """The exit code, negative for a signal."""
        code = self.popen.wait(timeout=DEADLINE_S)
        for reader in self._readers:
            reader.join()
        check_reports(self.errors)
        return code

    def stop(self):
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        self.wait()
