"""The bench's results: every run, medians, ratios between subjects. Pure but for
the file that each result is appended to as a line of JSON."""

import json


def median(values):
    """Of an even number: the mean of the middle two. None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def flatten(result, prefix=""):
    """{"a": {"b": 1}} as {"a.b": 1}; what is not a number is left out."""
    flat = {}
    for key, value in result.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{key}."))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            flat[prefix + key] = value
    return flat


def median_of_runs(runs):
    """The median of each number that all runs have."""
    flat = [flatten(run) for run in runs]
    shared = set(flat[0]).intersection(*flat[1:]) if flat else set()
    return {key: median([run[key] for run in flat]) for key in flat[0] if key in shared} if flat else {}


class Results:
    """Runs by (experiment, subject). A run's number pairs those that were interleaved."""

    def __init__(self, path=None):
        self._path = path
        self._runs = {}
        self.micro = []  # lines of the programs of micro/
        self.rest = []  # lines of rest/
        self.reports = []  # lines of returns_runs.py
        self.clients = []  # lines of clients_runs.py

    def write(self, kind, **members):
        if self._path is not None:
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(json.dumps({"kind": kind, **members}, ensure_ascii=False) + "\n")

    def add_run(self, experiment, subject, number, result):
        self._runs.setdefault((experiment, subject), {})[number] = result
        self.write("run", experiment=experiment, subject=subject, run=number, **result)

    def add_micro(self, line):
        self.micro.append(line)
        self.write("micro", **line)

    def add_rest(self, line):
        self.rest.append(line)
        self.write("rest", **line)

    def add_report(self, line):
        self.reports.append(line)
        self.write("report", **line)

    def add_client(self, line):
        self.clients.append(line)
        self.write("client", **line)

    def runs(self, experiment, subject):
        return [run for _, run in sorted(self._runs.get((experiment, subject), {}).items())]

    def subjects(self, experiment):
        return [subject for known, subject in self._runs if known == experiment]

    def experiments(self):
        return list(dict.fromkeys(experiment for experiment, _ in self._runs))

    def medians(self, experiment, subject):
        return median_of_runs(self.runs(experiment, subject))

    def median(self, experiment, subject, key):
        return self.medians(experiment, subject).get(key)

    def ratios(self, experiment, key, subject, other):
        """subject / other of each interleaved run that both have."""
        ours, theirs = (self._runs.get((experiment, name), {}) for name in (subject, other))
        found = []
        for number in sorted(set(ours) & set(theirs)):
            one, two = flatten(ours[number]).get(key), flatten(theirs[number]).get(key)
            if one is not None and two:
                found.append(one / two)
        return found

    def ratio(self, experiment, key, subject, other):
        """The median of the ratios; None when there is none."""
        return median(self.ratios(experiment, key, subject, other))

    def write_medians(self):
        for experiment, subject in self._runs:
            runs = self.runs(experiment, subject)
            self.write(
                "median",
                experiment=experiment,
                subject=subject,
                runs=len(runs),
                **median_of_runs(runs),
            )
