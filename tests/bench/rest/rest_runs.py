"""REST beside pgbench: requests through the server, and the statements they are,
run by pgbench against the same PostgreSQL, in turn, round by round."""

import json
import os
import subprocess
import tempfile

from rest.statements import of_request, pgbench_script, read_log
from results import median

CONNECTIONS = 100
PORTFOLIOS = 1000
DEADLINE_S = 120

_PORTFOLIO = "00000000-0000-4000-8000-{:012x}"
_ANY_PORTFOLIO = "('00000000-0000-4000-8000-' || lpad(to_hex(:i::int), 12, '0'))::uuid"
_LOT = '{{"portfolio_id":"{}","ticker_symbol":"S{:03d}","quantity":1.5,"purchase_price":100.25,"purchase_date":"2024-01-02"}}'


class Operation:
    """name; request(i): METHOD PATH [BODY] of portfolio i; the status it is answered with."""

    def __init__(self, name, request, status=200, returned=None):
        self.name = name
        self.request = request
        self.status = status
        self.returned = returned  # see pgbench_script


OPERATIONS = [
    Operation("GET one portfolio", lambda i: f"GET /portfolios/{_PORTFOLIO.format(i)}"),
    Operation("GET its summary, 30 investments", lambda i: f"GET /portfolios/{_PORTFOLIO.format(i)}/investments/summary"),
    Operation("GET a price", lambda i: f"GET /assets/S{i % 500:03d}/price"),
    Operation(
        "POST an investment",
        lambda i: "POST /investments " + _LOT.format(_PORTFOLIO.format(i), i * 30 % 500),
        status=201,
        returned=("investments.insert", "investment_id"),
    ),
]


class StatementLog:
    """PostgreSQL's log of what one request makes it do."""

    def __init__(self, database):
        self._database = database

    def __enter__(self):
        self._database.cluster.log_statements(self._database.name, True)
        return self

    def __exit__(self, *error):
        self._database.cluster.log_statements(self._database.name, False)

    def of(self, send):
        self._database.cluster.read_log()
        answer = send()
        # The commit is logged before the answer is sent.
        return of_request(read_log(self._database.cluster.read_log())), answer


def _scripts(database, server):
    """{operation: pgbench script, or None: it asks PostgreSQL nothing}. A second request of each counts: the first
    one may load what is in memory afterwards."""
    scripts = {}
    with StatementLog(database) as log:
        server.restart()  # its connections begin to log
        for operation in OPERATIONS:
            method, path, *body = operation.request(7).split(" ", 2)
            headers = {"Content-Type": "application/json"} if body else None

            def send(method=method, path=path, body=body, headers=headers):
                return server.request(method, path, body=body[0] if body else None, headers=headers)

            send()
            executed, (status, _, content) = log.of(send)
            if status != operation.status:
                raise RuntimeError(f"{operation.name}: {status} {content[:300]!r}")
            returned = operation.returned
            if returned:
                returned = (*returned, "'" + json.loads(content)[returned[1]] + "'")
            variables = {"'" + _PORTFOLIO.format(7) + "'": _ANY_PORTFOLIO}
            scripts[operation] = pgbench_script(executed, variables, returned) if executed else None
    server.restart()
    return scripts


LONG_TURNS_MS = (1, 5, 20)


def _long_turns(server):
    """How often the server's loops have been away from everybody else for longer than so many ms."""
    return server.metrics(*(f'pf_loop_turns_long_total{{over="{ms}ms"}}' for ms in LONG_TURNS_MS))


def _run_server(stack, server, operation, seconds, warm_up_s, directory):
    path = os.path.join(directory, "requests")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(operation.request(i * 617 % PORTFOLIOS) + "\n" for i in range(PORTFOLIOS))
    command = ["taskset", "-c", _cores(stack.other_core), os.path.join(stack.build, "http_load")]
    command += ["--port", str(server.port), "--requests", path, "--pids", str(server.pid)]
    command += ["--connections", str(CONNECTIONS), "--expect", str(operation.status)]
    command += ["--seconds", str(seconds), "--warm-up", str(warm_up_s)]
    before = _long_turns(server)
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{operation.name}: {done.stderr.strip()}")
    long_turns = [now - then for now, then in zip(_long_turns(server), before)]
    return {**json.loads(done.stdout), "long_turns": dict(zip(map(str, LONG_TURNS_MS), long_turns))}


def _long_turns_text(lines):
    """Of all rounds together."""
    return " / ".join(str(sum(line["long_turns"][str(ms)] for line in lines)) for ms in LONG_TURNS_MS)


def _quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _run_pgbench(stack, database, script, seconds, directory, connections):
    """Longer where the machine is too busy for one transaction in that time: of none there is nothing to tell."""
    for longer in (1, 8, 64):
        result = _run_pgbench_for(stack, database, script, longer * seconds, directory, connections)
        if result:
            return result
    raise RuntimeError("pgbench made no transaction")


def _run_pgbench_for(stack, database, script, seconds, directory, connections):
    """None: it made no transaction."""
    path = os.path.join(directory, "script.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write(script)
    for name in os.listdir(directory):
        if name.startswith("latency"):
            os.unlink(os.path.join(directory, name))
    command = ["taskset", "-c", _cores(stack.server_core), database.cluster.program("pgbench"), "-n", "-f", path]
    whole_s = max(1, round(seconds))
    command += ["-M", "prepared", "-c", str(connections), "-j", "1", "-T", str(whole_s)]
    command += ["-D", f"last={PORTFOLIOS - 1}", "-l", "--log-prefix", os.path.join(directory, "latency"), database.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    if done.returncode != 0 or "number of failed transactions: 0" not in done.stdout:
        raise RuntimeError(f"pgbench: {done.stderr.strip()[-600:]} {done.stdout[-300:]}")
    rates = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("tps")]
    if not rates:
        return None
    latencies = []
    for name in os.listdir(directory):
        if name.startswith("latency"):
            with open(os.path.join(directory, name), encoding="ascii") as file:
                latencies += [int(line.split()[2]) / 1000 for line in file]
    latencies.sort()
    return {
        "seconds": whole_s,
        "requests_per_s": float(rates[0]),
        "latency_ms": {"p50": _quantile(latencies, 0.5), "p99": _quantile(latencies, 0.99)},
    }


def _cores(cores):
    return ",".join(str(core) for core in sorted(cores))


def run_rest(stack, runs, seconds, warm_up_s):
    """Lines for the results: each operation through the server; by pgbench with as many connections; by pgbench with
    as many as the server has workers."""
    database = stack.rest_database(PORTFOLIOS)
    server = stack.rest_server(database)
    try:
        scripts = _scripts(database, server)
        workers = int(server.settings.get("WORKERS", 4))
        with tempfile.TemporaryDirectory() as directory:
            for number in range(1, runs + 1):
                for operation in OPERATIONS:
                    result = _run_server(stack, server, operation, seconds, warm_up_s, directory)
                    yield {"operation": operation.name, "subject": "server", "run": number, "seconds": seconds, **result}
                    for connections in (CONNECTIONS, workers) if scripts[operation] else ():
                        result = _run_pgbench(
                            stack, database, scripts[operation], seconds, directory, connections
                        )
                        subject = f"pgbench, {connections} connections"
                        yield {"operation": operation.name, "subject": subject, "run": number, **result}
    finally:
        server.stop(deadline_s=60)


def rest_rows(lines):
    """Rows of the report: medians over the rounds, and what the server's rate is of pgbench's in the same round."""
    rates = {(line["operation"], line["subject"], line["run"]): line["requests_per_s"] for line in lines}
    for operation, subject in dict.fromkeys((line["operation"], line["subject"]) for line in lines):
        mine = [line for line in lines if (line["operation"], line["subject"]) == (operation, subject)]
        ratios = [
            rates[operation, "server", line["run"]] / line["requests_per_s"] for line in mine if subject != "server"
        ]
        cpu = median([line["server_cpu_us_per_request"] for line in mine]) if subject == "server" else None
        yield [
            operation,
            subject,
            f"{median([line['requests_per_s'] for line in mine]):,.0f}",
            f"{median([line['latency_ms']['p50'] for line in mine]):.2f}",
            f"{median([line['latency_ms']['p99'] for line in mine]):.2f}",
            "" if cpu is None else f"{cpu:.1f}",
            f"{median(ratios):.2f}" if ratios else "",
            _long_turns_text(mine) if subject == "server" else "",
        ]
