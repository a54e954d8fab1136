"""node, for tests of clients/: skips, saying so, where node or the npm packages are missing."""

import fcntl
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
        pytest.skip("clients/node_modules is missing: run `npm install` in clients, or ./dev test")
    return path


def build_sdk():
    """clients/sdk/dist as of its sources; tests of several processes may want it at once."""
    path = node()
    sdk = os.path.join(CLIENTS, "sdk")
    built = os.path.join(sdk, "dist", "esm", "index.js")

    def is_fresh():
        sources = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(sdk, "src")) for name in names]
        times = [os.path.getmtime(source) for source in [*sources, os.path.join(sdk, "scripts", "build.mjs")]]
        return os.path.exists(built) and os.path.getmtime(built) > max(times)

    with open(os.path.join(CLIENTS, "node_modules", ".sdk-build.lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_fresh():
            subprocess.run([path, "scripts/build.mjs"], cwd=sdk, check=True, timeout=300)


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
