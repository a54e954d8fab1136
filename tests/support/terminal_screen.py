"""portfolio-top in a terminal of the test's own: keys in, a screen (pyte) out."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import threading

import pyte

from support.terminal import check_reports, top_environment, top_path
from support.waiting import DEADLINE_S, wait_until


class Terminal:
    """A terminal of `columns` x `lines` with the program in it, or with another one."""

    def __init__(self, *arguments, program=None, columns=120, lines=24, settings=None):
        self._lock = threading.Lock()
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.code = None
        # pyte is a Linux console: what xterm has beyond that it does not know.
        environment = top_environment({"TERM": "linux", **(settings or {})})
        environment = {name: value for name, value in environment.items() if value != ""}
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            self._become([program or top_path(), *map(str, arguments)], columns, lines, environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @staticmethod
    def _become(arguments, columns, lines, environment):
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.execve(arguments[0], arguments, environment)
        finally:
            os._exit(127)

    def _read(self):
        while True:
            select.select([self._fd], [], [])
            try:
                part = os.read(self._fd, 65536)
            except OSError:
                return
            if not part:
                return
            with self._lock:
                self.raw += part
                self._stream.feed(part)

    def lines(self):
        with self._lock:
            return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def attributes(self, line, text):
        """The character of the screen where a text begins in a line."""
        with self._lock:
            return self.screen.buffer[line][self.screen.display[line].index(text)]

    def line_of(self, text):
        """The number of the first line that has it."""
        return next(number for number, line in enumerate(self.lines()) if text in line)

    def wait_for(self, *texts):
        wait_until(
            lambda: all(text in self.text() for text in texts),
            what=lambda: f"{texts} on the screen:\n{self.text()}\nits coming",
        )

    def wait_until(self, condition):
        wait_until(lambda: condition(self.lines()), what=lambda: f"the screen\n{self.text()}\nto be so")

    def press(self, keys):
        os.write(self._fd, keys.encode())

    def resize(self, columns, lines):
        with self._lock:
            self.screen.resize(lines, columns)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def scribble(self, text):
        """What another program writes to the terminal."""
        with self._lock:
            self._stream.feed(text.encode())

    def timer_clocks(self):
        """The clocks of the program's timers, as numbers of clock_gettime(2)."""
        clocks = []
        for name in os.listdir(f"/proc/{self.pid}/fdinfo"):
            with open(f"/proc/{self.pid}/fdinfo/{name}", encoding="ascii") as file:
                clocks += [line.split()[1] for line in file if line.startswith("clockid:")]
        return clocks

    def is_echoing(self):
        return bool(termios.tcgetattr(self._fd)[3] & termios.ECHO)

    def is_line_mode(self):
        """The terminal is as programs find it: lines, and what is typed is shown."""
        flags = termios.tcgetattr(self._fd)[3]
        return bool(flags & termios.ICANON and flags & termios.ECHO)

    def signal(self, number):
        os.kill(self.pid, number)

    def _has_ended(self):
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def wait(self):
        """The exit code, negative for a signal."""
        wait_until(self._has_ended, DEADLINE_S, lambda: f"the end; the screen:\n{self.text()}")
        self._reader.join(timeout=DEADLINE_S)
        check_reports(self.raw.decode("utf-8", "replace"))
        return self.code

    def close(self):
        if not self._has_ended():
            self.signal(signal.SIGKILL)
            self.wait()
        os.close(self._fd)


def terminal_factory(**defaults):
    """The body of a fixture: start(*arguments, **options) is a Terminal, closed after the test."""
    started = []

    def start(*arguments, **options):
        started.append(Terminal(*arguments, **{**defaults, **options}))
        return started[-1]

    yield start
    for it in started:
        it.close()
