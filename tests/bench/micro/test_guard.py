"""The guard's judgement; what it counts is a matter of its own (./dev guard)."""

import importlib.util
import json
import os
import xml.etree.ElementTree as ElementTree

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("micro_guard", os.path.join(HERE, "guard.py"))
guard = importlib.util.module_from_spec(spec)
spec.loader.exec_module(guard)


def verdicts(baselines, **counts):
    results = guard.compare(baselines, {path: ("delta", now) for path, now in counts.items()})
    return {result.path: result.verdict for result in results}


@pytest.mark.parametrize(
    "now, verdict",
    [(1000.0, "passed"), (1040.0, "passed"), (1050.0, "passed"), (1050.1, "failed"), (1060.0, "failed"), (10.0, "passed")],
)
def test_growth_is_judged_at_five_percent(now, verdict):
    assert verdicts({"tick": 1000.0}, tick=now) == {"tick": verdict}


def test_a_path_that_shrank_passes_and_is_pointed_out():
    (result,) = guard.compare({"tick": 1000.0}, {"tick": ("quote", 900.0)})
    assert result.verdict == "passed"
    assert "--update" in result.note


def test_one_path_that_grew_fails_whatever_the_others_won():
    assert verdicts({"tick": 1000.0, "fan_out": 100.0}, tick=500.0, fan_out=106.0) == {"tick": "passed", "fan_out": "failed"}


def test_a_toolchain_without_baselines_is_skipped():
    assert verdicts(None, tick=1000.0, fan_out=1.0) == {"tick": "skipped", "fan_out": "skipped"}


def test_a_path_without_a_baseline_fails():
    assert verdicts({"tick": 1000.0}, tick=1000.0, fan_out=1.0) == {"tick": "passed", "fan_out": "failed"}


def test_a_path_that_is_no_longer_counted_fails():
    assert verdicts({"tick": 1000.0, "gone": 1.0}, tick=1000.0) == {"tick": "passed", "gone": "failed"}


def test_junit_says_what_failed_and_what_was_skipped(tmp_path):
    counts = {"tick": ("quote", 1060.0), "fan_out": ("watcher", 100.0)}
    guard.write_junit(tmp_path / "a.xml", guard.compare({"tick": 1000.0, "fan_out": 100.0}, counts))
    guard.write_junit(tmp_path / "b.xml", guard.compare(None, counts))

    def outcomes(name):
        cases = ElementTree.parse(tmp_path / name).getroot().iter("testcase")
        return {case.get("name"): [child.tag for child in case] for case in cases}

    assert outcomes("a.xml") == {"tick": ["failure"], "fan_out": []}
    assert outcomes("b.xml") == {"tick": ["skipped"], "fan_out": ["skipped"]}


def test_the_recorded_baselines_can_be_read():
    recorded = guard.read_baselines()
    assert recorded
    for toolchain, paths in recorded.items():
        assert toolchain and paths
        assert all(isinstance(value, float) and value > 0 for value in paths.values()), json.dumps(paths)


PROGRAM = """#!/bin/sh
case $1 in
--toolchain) echo gcc-0-test ;;
--list) echo tick ;;
*) echo '{"path":"tick","unit":"quote","operations":10}' ;;
esac
"""
VALGRIND = """#!/bin/sh
for argument; do
    case $argument in --callgrind-out-file=*) out=${argument#*=} ;; esac
done
printf 'events: Ir\\nsummary: 0\\ntotals: %s\\n' "$(cat "$(dirname "$0")/total")" >"$out"
for program; do :; done
echo '{"path":"tick","unit":"quote","operations":10}'
"""


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """counted(total, *arguments): the guard's exit code when callgrind counts `total` in ten operations."""
    for name, text in (("hot_paths", PROGRAM), ("valgrind", VALGRIND)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(guard, "BASELINES", str(tmp_path / "baselines.json"))

    def run(total, *arguments):
        (tmp_path / "total").write_text(str(total))
        monkeypatch.setattr("sys.argv", ["guard.py", "--build", str(tmp_path), *arguments])
        return guard.main()

    return run


def test_what_was_updated_is_what_is_compared_with(counted, capsys):
    assert counted(10000) == 0
    assert "no baselines for gcc-0-test" in capsys.readouterr().out
    assert counted(10000, "--update") == 0
    assert guard.read_baselines() == {"gcc-0-test": {"tick": 1000.0}}
    assert counted(10400) == 0
    assert counted(10600) == 1
    assert counted(10600, "--update") == 0
    assert counted(10600) == 0


def test_a_count_of_nothing_is_an_error(counted, capsys):
    assert counted(0) == 1
    assert "counted nothing" in capsys.readouterr().err
