"""clients/web: its own tests, run by node, a test here for each file of them."""

import glob
import os
import re

import pytest

from support.node import CLIENTS, node, run_node

WEB = os.path.join(CLIENTS, "web")
NAMES = sorted(os.path.basename(path) for path in glob.glob(os.path.join(WEB, "test", "*.test.ts*")))


@pytest.mark.parametrize("name", NAMES)
def test_unit_tests(name):
    node()
    said = run_node("test/run.mjs", name, cwd=WEB)
    passed = int(re.search(r"^\D*pass (\d+)$", said, re.MULTILINE)[1])
    assert passed > 0, said
