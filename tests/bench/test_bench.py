"""The bench does not rot, and what turns runs into numbers does not lie. Nothing
here looks at how fast anything is."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree

import pytest
from support.server import binary_path

BENCH = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, BENCH)

# pylint: disable=wrong-import-position
import clients_runs
import svg
from goals import goals_of
from plan import clients_max, make_plan, read_counts
from report import table
from rest.statements import of_request, pgbench_script, read_log
from results import Results, median, median_of_runs


def test_medians():
    assert median([]) is None
    assert median([3]) == 3
    assert median([9, 1, 5]) == 5
    assert median([4, 1, 3, 2]) == 2.5


def test_the_median_of_runs_is_taken_of_each_number_they_share():
    runs = [
        {"a": 1, "mode": "stream", "latency_ms": {"p99": 5.0}, "only_here": 1},
        {"a": 9, "mode": "stream", "latency_ms": {"p99": 7.0}},
        {"a": 2, "mode": "stream", "latency_ms": {"p99": 6.0}},
    ]
    assert median_of_runs(runs) == {"a": 2, "latency_ms.p99": 6.0}
    assert median_of_runs([]) == {}


def stream(frames, cpu=1.0, **more):
    return {"frames_per_s": frames, "changes_per_s": frames * 3, "server_cpu": cpu, "server_waited_for_cpu": 0, **more}


def test_ratios_are_of_the_runs_that_were_interleaved():
    results = Results()
    # A machine that halves in the second run halves for both; the third has no partner.
    for number, ours, theirs in [(1, 90, 100), (2, 45, 50), (4, 70, 100)]:
        results.add_run("shared_10", "server", number, stream(ours))
        results.add_run("shared_10", "limit", number, stream(theirs))
    results.add_run("shared_10", "server", 3, stream(1000))
    assert results.ratios("shared_10", "frames_per_s", "server", "limit") == [0.9, 0.9, 0.7]
    assert results.ratio("shared_10", "frames_per_s", "server", "limit") == 0.9
    assert results.ratio("shared_10", "frames_per_s", "server", "nobody") is None
    assert results.ratios("shared_10", "latency_ms.p99", "server", "limit") == []


def goal(results, text):
    found = [goal for goal in goals_of(results) if goal.text.startswith(text)]
    assert len(found) == 1, [goal.text for goal in goals_of(results)]
    return found[0]


@pytest.mark.parametrize("frames, is_met", [(89, False), (90, True), (120, True)])
def test_a_goal_is_met_from_its_bound_on(frames, is_met):
    results = Results()
    results.add_run("shared_10", "server", 1, stream(frames))
    results.add_run("shared_10", "limit", 1, stream(100))
    assert goal(results, "frames/s against the limit").is_met is is_met


@pytest.mark.parametrize("p99, is_met", [(14.9, True), (15.1, False)])
def test_a_goal_that_is_a_most(p99, is_met):
    results = Results()
    results.add_run("latency_10", "server", 1, stream(1, latency_ms={"p99": p99}))
    results.add_run("latency_10", "limit", 1, stream(1, latency_ms={"p99": 10}))
    assert goal(results, "p99 against the limit").is_met is is_met


def test_who_was_not_saturated_is_named():
    results = Results()
    results.add_run("shared_10", "server", 1, stream(100))
    results.add_run("shared_10", "nchan", 1, stream(50, cpu=0.4))
    found = goal(results, "frames/s against nchan")
    assert found.is_met and "nchan had work for 0.40 of its core" in found.note and "server" not in found.note


def test_what_the_limit_makes_of_a_comparison_is_told():
    results = Results()
    results.add_run("shared_10", "server", 1, stream(90))
    results.add_run("shared_10", "limit", 1, stream(100))
    results.add_run("shared_10", "nchan", 1, stream(80))
    assert goal(results, "frames/s against nchan").note == "the limit reaches 1.25"
    assert goal(results, "frames/s against the limit").note == ""


def test_the_same_job_counts_where_each_has_its_own_portfolio():
    results = Results()
    for job in ("shared_10", "personal_10"):
        for subject, rate in (("server", 900.0), ("node-app", 100.0)):
            results.add_run(job, subject, 1, stream(100, changes_per_core_s=rate))
    assert goal(results, "position changes/s for a core against node-app").measured == 9


def test_cpu_goals_compare_the_other_way_round():
    results = Results()
    results.add_run("steady_10", "server", 1, stream(100, server_cpu_us_per_frame=2.0))
    results.add_run("steady_10", "nats", 1, stream(100, server_cpu_us_per_frame=5.0))
    assert goal(results, "CPU a frame of nats").measured == 2.5


def test_memory_and_connects_are_goals_without_a_partner():
    results = Results()
    results.add_run("memory_shared_10", "server", 1, {"bytes_per_idle_connection": 4096})
    results.add_run("memory_personal_10", "server", 1, {"bytes_per_subscribed_connection": 10241})
    results.add_run("connects_10", "server", 1, {"connects_per_s_at_end": 9_999})
    assert goal(results, "memory of an idle connection").is_met
    assert not goal(results, "memory of a connection with its own portfolio").is_met
    assert not goal(results, "connects a second").is_met


def test_plan_has_every_job_at_every_count():
    names = [experiment.name for experiment in make_plan([10, 200], 300)]
    assert len(names) == len(set(names))
    for name in ("shared_10", "shared_200", "personal_200", "household_10", "latency_10", "connects_300", "loops_10"):
        assert name in names
    assert [experiment.name for experiment in make_plan([10], 300, "^latency_10$")] == ["latency_10"]


def test_counts_are_what_the_descriptors_allow():
    assert clients_max(20_000) == 19_000
    assert read_counts("5,max,5") == [5, clients_max()]
    with pytest.raises(ValueError):
        read_counts(str(clients_max() + 1))


def test_tables_and_plots_are_well_formed():
    lines = table(["job", "subject", "n"], [["a", "b", "1"], ["long", "x", "1,000"]])
    assert len(set(map(len, lines))) == 1 and lines[1].endswith("-: |")
    for text in (
        svg.bars("a & b", [("one <1>", 3.0, 2.0, 4.0), ("none", 0, 0, 0)]),
        svg.lines("c", {"one": [1.5, None, 300.0], "two": [2, 3, 4]}, ["p1", "p2", "p3"], "ms", is_log=True),
        svg.lines("d", {"one": [12_345.0]}, ["1k"], "a second"),
        svg.lines("e", {"none": []}, [], "a second"),
    ):
        assert xml.etree.ElementTree.fromstring(text).tag.endswith("svg")


OWN = "^(server|limit|limit-one-send|one-loop|two-loops|client-capacity|server-attacked)$"


def test_the_whole_bench_tiny(tmp_path):
    build = os.path.dirname(binary_path())
    command = ["/usr/bin/python3", os.path.join(BENCH, "bench.py"), "--build", build, "--out", str(tmp_path)]
    command += ["--runs", "1", "--seconds", "0.5", "--warm-up", "0.2", "--counts", "20", "--connects", "40"]
    command += ["--holdings", "3"]
    done = subprocess.run([*command, "--only", OWN], capture_output=True, text=True, timeout=540, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with open(tmp_path / "results.jsonl", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    runs = {(line["experiment"], line["subject"]) for line in lines if line["kind"] == "run"}
    medians = {(line["experiment"], line["subject"]) for line in lines if line["kind"] == "median"}
    expected = {("household_20", subject) for subject in ("server", "limit", "limit-one-send")}
    expected |= {(f"{job}_20", subject) for job in ("shared", "personal", "latency") for subject in ("server", "limit")}
    expected |= {("loops_20", "one-loop"), ("loops_20", "two-loops"), ("connects_40", "server")}
    expected |= {("hostile_20", "server"), ("hostile_20", "server-attacked")}
    assert expected <= runs and runs == medians
    attacked = next(line for line in lines if line["kind"] == "run" and line["subject"] == "server-attacked")
    assert attacked["attack_rounds"] > 0 and attacked["attack_connects"] > 0 and attacked["attack_bytes"] > 0
    assert [line["kind"] for line in lines].count("machine") == 1
    assert {"goal"} <= {line["kind"] for line in lines}
    reports = [line for line in lines if line["kind"] == "report"]
    assert [(line["values"], line["holdings"]) for line in reports] == [("stored", 3), ("rebuilt", 3)]
    assert all(line["health_requests"] > 0 for line in reports)
    for line in lines:
        if line["kind"] == "run" and line["mode"] == "stream":
            assert line["rows_per_frame"] >= 3, line
            assert line["latency_ms"]["n"] > 0, line
    report = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "household_20" in report and ("PASS" in report or "FAIL" in report)
    assert len(list(tmp_path.glob("*.svg"))) >= 5


LOG = """2026-11-21 08:00:00.001 UTC [7] LOG:  execute db.settings: SELECT 1
2026-11-21 08:00:00.002 UTC [8] LOG:  statement: BEGIN
2026-11-21 08:00:00.003 UTC [8] LOG:  execute assets.save_prices: INSERT INTO x
2026-11-21 08:00:00.003 UTC [9] LOG:  execute portfolio_values.load_state: SELECT 2
2026-11-21 08:00:00.004 UTC [7] LOG:  statement: BEGIN
2026-11-21 08:00:00.005 UTC [7] LOG:  execute lots.insert: INSERT INTO lots
\tVALUES ($1, $2, $10) RETURNING lot_id
2026-11-21 08:00:00.005 UTC [7] DETAIL:  parameters: $1 = 'it''s', $2 = NULL, $3 = 'x', $4 = 'x', $5 = 'x', $6 = 'x', $7 = 'x', $8 = 'x', $9 = 'x', $10 = 'p7'
2026-11-21 08:00:00.006 UTC [8] LOG:  statement: COMMIT
2026-11-21 08:00:00.007 UTC [7] LOG:  execute lots.get: SELECT a::text FROM lots WHERE lot_id = $1
2026-11-21 08:00:00.007 UTC [7] DETAIL:  parameters: $1 = 'l1'
2026-11-21 08:00:00.008 UTC [7] LOG:  statement: COMMIT
"""


# PostgreSQL 16 and later write it with a capital letter.
@pytest.mark.parametrize("word", ["parameters", "Parameters"])
def test_pgbench_gets_the_statements_of_the_request(word):
    executed = of_request(read_log(LOG.replace("parameters:", f"{word}:")))
    script = pgbench_script(executed, {"'p7'": ":i"}, ("lots.insert", "lot_id", "'l1'"))
    assert script.splitlines() == [
        "\\set i random(0, :last)",
        "BEGIN;",
        "INSERT INTO lots VALUES ('it''s', NULL, :i) RETURNING lot_id \\gset",
        "SELECT a::text FROM lots WHERE lot_id = (:lot_id);",
        "COMMIT;",
    ]
    assert of_request(read_log("")) == []


ACTOR_LOG = """2026-11-21 08:00:00.001 UTC [7] LOG:  statement: BEGIN
2026-11-21 08:00:00.001 UTC [7] LOG:  execute transaction.set_actor: SELECT set_config('pf.actor', $1, true)
2026-11-21 08:00:00.001 UTC [7] DETAIL:  parameters: $1 = NULL
2026-11-21 08:00:00.002 UTC [8] LOG:  execute audit.seal: SELECT audit_seal($1)
2026-11-21 08:00:00.002 UTC [8] DETAIL:  parameters: $1 = '2000'
2026-11-21 08:00:00.003 UTC [7] LOG:  execute lots.delete: DELETE FROM lots
2026-11-21 08:00:00.003 UTC [9] LOG:  execute lots.load: SELECT 3
2026-11-21 08:00:00.004 UTC [7] LOG:  statement: COMMIT
2026-11-21 08:00:00.005 UTC [7] LOG:  execute lots.load: SELECT 4
"""


def test_pgbench_tells_who_asks_in_one_round_trip_too():
    assert pgbench_script(of_request(read_log(ACTOR_LOG)), {}).splitlines() == [
        "\\set i random(0, :last)",
        "BEGIN;",
        "\\startpipeline",
        "SELECT set_config('pf.actor', NULL, true);",
        "DELETE FROM lots;",
        "\\endpipeline",
        "COMMIT;",
    ]


def test_the_rest_bench_tiny(tmp_path):
    build = os.path.dirname(binary_path())
    command = ["/usr/bin/python3", os.path.join(BENCH, "bench.py"), "--build", build, "--out", str(tmp_path)]
    command += ["--runs", "1", "--seconds", "0.5", "--warm-up", "0.1", "--experiments", "^rest$"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=540, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with open(tmp_path / "results.jsonl", encoding="utf-8") as file:
        lines = [line for line in map(json.loads, file) if line["kind"] == "rest"]
    subjects = {}
    for line in lines:
        assert line["requests_per_s"] > 0 and line["latency_ms"]["p99"] >= line["latency_ms"]["p50"]
        assert line["seconds"] == 0.5 if line["subject"] == "server" else line["seconds"] in (1, 4, 32), line
        subjects.setdefault(line["operation"], set()).add(line["subject"])
        if line["subject"] == "server":
            over_1, over_5, over_20 = (line["long_turns"][ms] for ms in ("1", "5", "20"))
            assert over_1 >= over_5 >= over_20 >= 0
    both = {"server", "pgbench, 100 connections", "pgbench, 4 connections"}
    assert subjects == {
        "GET one portfolio": both,
        "GET its summary, 30 investments": both,
        "GET a price": {"server"},
        "POST an investment": both,
    }
    assert "server to this" in (tmp_path / "table.md").read_text(encoding="utf-8")


def test_the_clients_bench_tiny():
    reason = clients_runs.unavailable()
    if reason:
        pytest.skip(reason)
    results = Results()
    for line in clients_runs.run_clients(binary_path(), 2, 0.5, positions=20, loads=1):
        results.add_client(line)
    kinds = [line["line"] for line in results.clients]
    assert kinds == ["sdk", "delta", "load", "load", "ticking", "ticking", "ticking", "ticking"]
    assert all(line["bytes"] > 1000 and line["first_paint_ms"] > 0 for line in results.clients if line["line"] == "load")
    assert [line["subject"] for line in results.clients[4:]] == ["dashboard", "naive", "naive", "dashboard"]
    assert all(0 < line["busy"] < 2 and line["frames_per_s"] > 0 and line["behind_ms"] >= 0 for line in results.clients[4:])
    assert goal(results, "the SDK, gzipped").measured < 100_000
    rows = list(clients_runs.client_rows(results.clients))
    assert [row[1] for row in rows[-2:]] == ["dashboard", "naive"] and all(len(row) == 3 for row in rows)


def test_busy_shares_are_compared_within_a_round():
    results = Results()
    for number, ours, theirs in ((1, 0.1, 0.5), (2, 0.2, 1.0), (3, 0.1, 0.6)):
        for subject, busy in (("dashboard", ours), ("naive", theirs)):
            results.add_client({"line": "ticking", "subject": subject, "round": number, "busy": busy, "frames_per_s": 60})
    found = goal(results, "its main thread's busy share")
    assert (round(found.measured, 6), found.is_met) == (5, True)
    assert goal(results, "frames/s of the dashboard").is_met
