"""The results as a table of Markdown that reads well in a terminal too."""

from clients_runs import client_rows
from rest.rest_runs import rest_rows

STREAM_COLUMNS = [
    # heading, key of a median, format
    ("frames/s", "frames_per_s", "{:,.0f}"),
    ("changes/s", "changes_per_s", "{:,.0f}"),
    ("CPU us/frame", "server_cpu_us_per_frame", "{:.2f}"),
    ("bytes/frame", "bytes_per_frame", "{:,.0f}"),
    ("bytes/change", "bytes_per_change", "{:,.0f}"),
    ("p50 ms", "latency_ms.p50", "{:.2f}"),
    ("p99 ms", "latency_ms.p99", "{:.2f}"),
    ("p99.9 ms", "latency_ms.p99.9", "{:.2f}"),
    ("server CPU", "server_cpu", "{:.2f}"),
    ("waited", "server_waited_for_cpu", "{:.2f}"),
    ("client CPU", "client_cpu", "{:.2f}"),
    ("client core", "client_core_busy", "{:.2f}"),
]


def table(headings, rows):
    """Lines of Markdown; the first two columns to the left, numbers to the right."""
    widths = [max(len(str(row[i])) for row in [headings, *rows]) for i in range(len(headings))]

    def line(cells):
        padded = [
            str(cell).ljust(width) if i < 2 else str(cell).rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths))
        ]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * width if i < 2 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return [line(headings), line(rule), *(line(row) for row in rows)]


def cell(medians, key, form):
    value = medians.get(key)
    return "" if value is None else form.format(value)


def _stream_rows(results, plan):
    for experiment in plan:
        if experiment.mode != "stream":
            continue
        for subject in results.subjects(experiment.name):
            medians = results.medians(experiment.name, subject)
            ratios = results.ratios(experiment.name, "frames_per_s", subject, experiment.reference)
            reference = f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else ""
            cells = [cell(medians, key, form) for _, key, form in STREAM_COLUMNS]
            yield [experiment.name, subject, *cells, reference]


def _memory_rows(results, plan):
    for experiment in plan:
        if experiment.mode != "memory":
            continue
        for subject in results.subjects(experiment.name):
            medians = results.medians(experiment.name, subject)
            cells = [cell(medians, key, "{:,.0f}") for key in ("bytes_per_idle_connection", "bytes_per_subscribed_connection")]
            yield [experiment.name, subject, *cells]


def bytes_per_portfolio(results, plan):
    """What a watched portfolio takes beside its connection; None: not measured."""
    found = {e.job.kind: e.name for e in plan if e.mode == "memory"}
    key = "bytes_per_subscribed_connection"
    own, shared = (results.median(found.get(kind, ""), "server", key) for kind in ("personal", "shared"))
    return None if own is None or shared is None else own - shared


def _connects_rows(results, plan):
    keys = ["connects_per_s", "connects_per_s_at_end", "server_cpu_us_per_connect", "server_cpu", "client_cpu"]
    forms = ["{:,.0f}", "{:,.0f}", "{:.1f}", "{:.2f}", "{:.2f}"]
    for experiment in plan:
        if experiment.mode != "connects":
            continue
        for subject in results.subjects(experiment.name):
            medians = results.medians(experiment.name, subject)
            yield [experiment.name, subject, *(cell(medians, key, form) for key, form in zip(keys, forms))]


def _goal_rows(goals):
    for goal in goals:
        form = "{:,.0f}" if goal.bound >= 1000 else "{:.2f}"
        bound = ("at most " if goal.is_most else "at least ") + form.format(goal.bound)
        spread = f"{form.format(goal.low)} to {form.format(goal.high)}" if goal.low is not None else ""
        mark = "PASS" if goal.is_met else "FAIL"
        yield [mark, goal.text, form.format(goal.measured) + goal.unit, spread, bound, goal.note]


def _micro_rows(results):
    for line in results.micro:
        if "ns" not in line or line["bench"].endswith("_setup"):
            continue
        if line["bench"] == "revaluation":
            what = f"{line['layer']}, {line['positions']:,} positions, {line['ticking']} of {line['symbols']} symbols tick"
            unit = "position"
        else:
            what, unit = line["what"], line["unit"]
        yield [line["bench"], what, unit, f"{line['ns']:,.1f}"]


REPORT_COLUMNS = [
    ("p50 ms", "p50_ms"),
    ("p99 ms", "p99_ms"),
    ("/health p50 ms", "health_p50_ms"),
    ("/health p99 ms", "health_p99_ms"),
    ("/health max ms", "health_max_ms"),
]


def _report_rows(results):
    for line in results.reports:
        yield [f"{line['bench']}, {line['values']}", line["what"], *(f"{line[key]:,.2f}" for _, key in REPORT_COLUMNS)]


def _section(title, headings, rows):
    rows = list(rows)
    return ["", f"## {title}", "", *table(headings, rows)] if rows else []


def write_report(results, plan, goals, facts, failures):
    """The whole text."""
    lines = ["# Bench", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    headings = ["job", "subject", *(heading for heading, _, _ in STREAM_COLUMNS), "frames/s to its reference"]
    lines += _section("Streams, medians of all runs", headings, _stream_rows(results, plan))
    headings = ["job", "subject", "bytes an idle connection", "bytes a subscribed one"]
    lines += _section("Memory", headings, _memory_rows(results, plan))
    portfolio = bytes_per_portfolio(results, plan)
    if portfolio is not None:
        lines += ["", f"A watched portfolio of 30 positions: {portfolio:,.0f} bytes beside its connection."]
    headings = ["job", "subject", "connects/s", "at the end", "server CPU us", "server CPU", "client CPU"]
    lines += _section("Connects", headings, _connects_rows(results, plan))
    headings = ["request", "subject", "requests/s", "p50 ms", "p99 ms", "server CPU us", "server to this"]
    headings += ["turns over 1 / 5 / 20 ms"]
    lines += _section("REST, 100 connections, beside the same statements by pgbench", headings, rest_rows(results.rest))
    lines += _section("Without a network", ["program", "what", "unit", "ns"], _micro_rows(results))
    headings = ["request", "of", *(heading for heading, _ in REPORT_COLUMNS)]
    lines += _section("Returns, and /health meanwhile", headings, _report_rows(results))
    lines += _section("What people look at, in Chromium", ["what", "of", "measured"], client_rows(results.clients))
    headings = ["", "goal", "measured", "runs", "asked", ""]
    lines += _section("Goals, as ratios of interleaved runs", headings, _goal_rows(goals))
    if failures:
        lines += ["", "## Measurements that failed", "", *(f"- {failure}" for failure in failures)]
    return "\n".join(lines) + "\n"
