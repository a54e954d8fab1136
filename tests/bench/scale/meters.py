"""What unit_costs.py measures with: processor time of processes and threads, and
clients that only read. Run as a program it is one of those clients:

    meters.py subscribers PORT COUNT     subscribe to pf:events and read
    meters.py watchers PORT FILE         a connection a line of FILE; each subscribes
                                         to the portfolios of its line and reads

It says "ready" when all are there, reads until its standard input ends, and then
prints what it read as one JSON object.
"""

import json
import os
import selectors
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(ROOT, "tests"))

READ_BYTES = 1 << 18


# --- processor time ---


def cpu_us(pid, thread=None):
    """Time on a core of a process's threads that are alive, all or those of a name."""
    total_ns = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        base = f"/proc/{pid}/task/{task}/"
        try:
            if thread is not None:
                with open(base + "comm", encoding="utf-8") as file:
                    if file.read().strip() != thread:
                        continue
            with open(base + "schedstat", encoding="ascii") as file:
                total_ns += int(file.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total_ns / 1000


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            found += [int(text) for text in file.read().split()]
    return found


class Meter:
    """Processor time since it was made, of processes or of one with its children.

    A process that ends meanwhile takes its time along.
    """

    def __init__(self, *pids, thread=None, with_children=False):
        self._pids, self._thread, self._with_children = pids, thread, with_children
        self._before = self._read()

    def _read(self):
        pids = list(self._pids)
        if self._with_children:
            pids += [child for pid in pids for child in children(pid)]
        times = {}
        for pid in pids:
            try:
                times[pid] = cpu_us(pid, self._thread)
            except FileNotFoundError:
                continue
        return times

    def us(self):
        return sum(now - self._before.get(pid, 0) for pid, now in self._read().items())


# --- clients that only read ---


class Reader:
    """One of the programs below, beside us."""

    def __init__(self, *arguments):
        command = [sys.executable, os.path.abspath(__file__), *[str(argument) for argument in arguments]]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = self._process.stdout.readline()
        if said != "ready\n":
            self._process.kill()
            raise RuntimeError(f"{command} said {said!r}")

    def stop(self):
        """What it read."""
        self._process.stdin.close()
        said = json.loads(self._process.stdout.readline())
        self._process.wait()
        self._process.stdout.close()
        return said


def drain(sockets, found_in):
    """Reads until standard input ends. found_in(bytes) counts what one read holds."""
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for each in sockets:
        each.setblocking(False)
        selector.register(each, selectors.EVENT_READ)
    read = {"bytes": 0, "messages": 0}
    is_ending = False
    while True:
        events = selector.select(0.3 if is_ending else None)
        if is_ending and not events:
            break
        for key, _ in events:
            if key.fileobj is sys.stdin:
                is_ending = True  # what is on its way still counts
                selector.unregister(sys.stdin)
                continue
            data = key.fileobj.recv(READ_BYTES)
            if not data:
                raise RuntimeError("a connection was closed")
            read["bytes"] += len(data)
            read["messages"] += found_in(data)
    print(json.dumps(read), flush=True)


def run_subscribers(port, count):
    sockets = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(b"*2\r\n$9\r\nSUBSCRIBE\r\n$9\r\npf:events\r\n")
        answer = b""
        while not answer.endswith(b":1\r\n"):
            answer += connection.recv(READ_BYTES)
        sockets.append(connection)
    print("ready", flush=True)
    drain(sockets, lambda data: data.count(b"*3\r\n$7\r\nmessage\r\n"))


def run_watchers(port, path):
    from support.websocket import WebSocket

    sockets = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            watcher = WebSocket(f"ws://127.0.0.1:{port}/stream")
            portfolios = line.split()
            for portfolio_id in portfolios:
                watcher.send_text('{"type":"subscribe","portfolio_id":"%s"}' % portfolio_id)
            missing = len(portfolios)
            while missing:
                missing -= watcher.recv_text(60).startswith('{"type":"snapshot"')
            sockets.append(watcher.socket)
    print("ready", flush=True)
    drain(sockets, lambda data: data.count(b'{"type":"delta"'))


def main():
    if sys.argv[1] == "subscribers":
        run_subscribers(int(sys.argv[2]), int(sys.argv[3]))
    else:
        run_watchers(int(sys.argv[2]), sys.argv[3])


if __name__ == "__main__":
    main()
