"""node, for tests of clients/: skips, saying so, where node or the npm packages are missing."""

import os
import shutil
import subprocess

import pytest

from support.process import ROOT

CLIENTS = os.path.join(ROOT, "clients")


def node():
    """The path of node; the test is skipped without it or without clients/node_modules."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("node is not installed")
    if not os.path.isdir(os.path.join(CLIENTS, "node_modules", "esbuild")):
        pytest.skip("clients/node_modules is missing: run `npm ci` in clients, or ./dev test")
    return path


def run_node(*arguments, cwd=CLIENTS, env=None, timeout_s=300):
    """Runs node to its end; fails with what it said."""
    done = subprocess.run(
        [node(), *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"node {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-20000:]}", pytrace=False)
    return done.stdout
