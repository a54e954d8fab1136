"""docs/terminal.md and --help are true: commands run as they stand there, options and columns exist."""

import json
import os
import re
import subprocess
import threading
from pathlib import Path

from support.terminal import run_top, top_environment, top_path
from support.waiting import DEADLINE_S

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "terminal.md").read_text()


def test_its_commands_run(server, scenario, tmp_path):
    portfolio = scenario.portfolio(("AAPL", "3", "150"), ("MSFT", "2", "300"))
    scenario.put_price("AAPL", "189.84", "188.1")
    scenario.put_price("MSFT", "290.5", "295")
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    assert script.count("portfolio-top ") >= 7
    is_over = threading.Event()

    def move():
        price = 200
        while not is_over.wait(0.05):
            price += 1
            server.put_price("AAPL", price)

    mover = threading.Thread(target=move)
    mover.start()
    try:
        done = subprocess.run(
            ["bash", "-c", "set -eu\n" + script],
            cwd=tmp_path,
            env={
                **top_environment({"PORTFOLIO_URL": server.url}),
                "PATH": os.path.dirname(os.path.abspath(top_path())) + ":" + os.environ["PATH"],
            },
            capture_output=True,
            text=True,
            timeout=4 * DEADLINE_S,
            check=False,
        )
    finally:
        is_over.set()
        mover.join()
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"{portfolio.portfolio_id}  Growth  BROKERAGE  USD"
    assert '"MSFT",581' in lines
    assert [len(json.loads(line)) for line in lines[-3:]] == [2, 2, 2]


VALUES = {
    "--url": "http://a",
    "--ca": __file__,
    "--login": "a@b",
    "--token-file": "f",
    "--token": "t",
    "--sort": "value",
    "--columns": "value",
    "--filter": "a",
    "--max-rate": "1",
    "--fields": "stale",
    "--timeout": "1",
}
FLAGS = {"--insecure", "--exact", "--no-color", "--once", "--json", "--list", "--help", "--version"}


def test_help_names_every_option():
    text = run_top("--help").stdout
    named = set(re.findall(r"--[a-z][a-z-]+", text))
    assert named == FLAGS | set(VALUES)
    assert set(re.findall(r"--[a-z][a-z-]+", TEXT)) - {"--build", "--install", "--component", "--unbuffered"} <= named
    for option in named - {"--help"}:
        # With --help behind it nothing happens but reading.
        done = run_top(option, *([VALUES[option]] if option in VALUES else []), "--help")
        assert (done.returncode, done.stdout) == (0, text), option
    for column in text.rpartition("COLUMNS\n")[2].split():
        assert run_top("--columns", column, "--sort", f"{column}:asc", "--help").returncode == 0
