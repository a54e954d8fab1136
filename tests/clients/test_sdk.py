"""clients/sdk: its own tests, run by node."""

import os
import re

from support.node import CLIENTS, build_sdk, node, run_node

SDK = os.path.join(CLIENTS, "sdk")


def test_unit_tests_and_conformance():
    build_sdk()  # one of them builds it too: the same, which takes it from nobody
    said = run_node("test/run.mjs", cwd=SDK)
    passed = int(re.search(r"^\D*pass (\d+)$", said, re.MULTILINE)[1])
    assert passed > 60, said


def test_types_hold():
    node()
    run_node("node_modules/typescript/bin/tsc", "-p", "sdk", "--noEmit")
    run_node("node_modules/typescript/bin/tsc", "-p", "sdk/test")


def test_a_failing_test_is_noticed(tmp_path):
    """What the first test trusts: a failure of node's ends it with another status."""
    node()
    failing = tmp_path / "failing.test.mjs"
    failing.write_text('import test from "node:test"; test("fails", () => { throw new Error("as it must"); });')
    try:
        run_node("--test", str(failing))
    except BaseException as failure:  # pytest.fail raises no Exception
        assert "as it must" in str(failure)
    else:
        raise AssertionError("the failure was not noticed")
