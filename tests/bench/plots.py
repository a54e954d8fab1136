"""The bench's plots: which numbers go into which SVG file."""

import os

import svg
from results import median

OURS = ("server", "two-loops")
QUANTILES = ["p10", "p25", "p50", "p75", "p90", "p95", "p99", "p99.9"]


def _bar_rows(results, experiment, key):
    rows = []
    for subject in results.subjects(experiment):
        values = [run[key] for run in results.runs(experiment, subject) if run.get(key) is not None]
        if values:
            rows.append((subject, median(values), min(values), max(values)))
    return sorted(rows, key=lambda row: -row[1])


def _latency_plot(results, experiment):
    series = {}
    for subject in results.subjects(experiment):
        medians = results.medians(experiment, subject)
        series[subject] = [medians.get(f"latency_ms.{quantile}") for quantile in QUANTILES]
    title = f"Publication to arrival, {experiment}"
    return svg.lines(title, series, QUANTILES, "milliseconds", "share of all arrivals", is_log=True)


def _connects_plot(results, experiment):
    series, labels = {}, []
    for subject in results.subjects(experiment):
        by_count = {}
        for run in results.runs(experiment, subject):
            for count, rate in run["by_thousand"]:
                by_count.setdefault(count, []).append(rate)
        labels = sorted(by_count)
        series[subject] = [median(by_count[count]) for count in labels]
    return svg.lines(
        f"Connects with a snapshot, {experiment}",
        series,
        [f"{count // 1000}k" for count in labels],
        "a second, by thousands",
        "connections there are",
    )


def write_plots(results, plan, directory):
    """Returns the files' names."""
    written = []

    def write(name, text):
        written.append(name)
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    for experiment in plan:
        name = experiment.name
        if not results.subjects(name):
            continue
        if experiment.mode == "connects":
            write(f"{name}.svg", _connects_plot(results, name))
        elif experiment.mode == "stream" and experiment.job.is_saturated:
            rows = _bar_rows(results, name, "frames_per_s")
            write(f"{name}_frames.svg", svg.bars(f"Frames a second, {name}", rows, OURS))
            rows = _bar_rows(results, name, "changes_per_core_s")
            write(f"{name}_changes.svg", svg.bars(f"Position changes a second for a core, {name}", rows, OURS))
        elif experiment.mode == "stream":
            write(f"{name}.svg", _latency_plot(results, name))
    return written
