"""*.spec.ts as tests: each file is bundled, and run by node against a stack and a Chromium of its own.

What they need beside PORTFOLIOD: node with clients/node_modules, build/web (./dev build makes both) and a
Chromium. Without one of these they are skipped, and say which.
"""

import functools
import os
import subprocess

import pytest

from support import browser
from support.process import ROOT, tied
from support.server import binary_path

DEADLINE_S = 570
RUNNER = os.path.join(ROOT, "tests", "e2e", "run.mjs")


def pytest_collect_file(file_path, parent):
    if file_path.name.endswith(".spec.ts"):
        return SpecFile.from_parent(parent, path=file_path)
    return None


class SpecFile(pytest.File):
    def collect(self):
        yield SpecItem.from_parent(self, name=self.path.name)


class SpecFailed(Exception):
    pass


@functools.cache
def chromium():
    return browser.find()


def missing():
    """Why the specs cannot run here; None: they can."""
    if not chromium():
        return "no chromium on this machine (Ubuntu has it only as a snap)"
    if not os.path.isdir(os.path.join(ROOT, "clients", "node_modules", "playwright-core")):
        return "no clients/node_modules (./dev build makes it, with node and npm)"
    if not os.path.isfile(os.path.join(site_path(), "index.html")):
        return "no dashboard in build/web (./dev build makes it, with node and npm)"
    return None


def site_path():
    return os.environ.get("PF_SITE", os.path.join(ROOT, "build", "web"))


class SpecItem(pytest.Item):
    def runtest(self):
        reason = missing()
        if reason:
            pytest.skip(reason)
        env = {**os.environ, "PORTFOLIOD": binary_path(), "PF_SITE": site_path(), "PF_CHROMIUM": chromium()}
        done = subprocess.run(
            tied(["node", RUNNER, str(self.path)]),
            env=env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE_S,
            text=True,
            check=False,
        )
        if done.returncode != 0 or "\n# pass 0\n" in done.stdout:
            raise SpecFailed(f"node ended with {done.returncode}\n{done.stdout[-20000:]}")

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, SpecFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, self.name
