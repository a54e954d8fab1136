"""What a request does to PostgreSQL, learned from PostgreSQL's own log, as a
script of pgbench: the same statements in the same order, prepared as the
server prepares them."""

import re

_BACKEND = re.compile(r"\[(\d+)\]")
_LINE = re.compile(r"LOG:  (?:statement|execute (?P<name>[^:]*)): (?P<sql>.*)", re.DOTALL)
_PARAMETERS = re.compile(r"DETAIL:  [Pp]arameters: (?P<all>.*)", re.DOTALL)
_PARAMETER = re.compile(r"\$(\d+) = ('(?:[^']|'')*'|NULL)")
_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ ", re.MULTILINE)

# What is done for nobody's request: a connection's beginning, the archive of prices, portfolios that are held, and the
# values and prices of days that are over (no operation of this bench asks for returns).
_BACKGROUND = (
    "access_changes.",
    "assets.add",
    "assets.learn",
    "assets.load",
    "assets.save",
    "audit.seal",
    "bars.",
    "closings.",
    "corporate_actions.",
    "db.",
    "exchange_rates.",
    "health.",
    "holdings.load_versions",
    "idempotency.sweep",
    "jobs.",
    "migrate.",
    "portfolio_values.",
    "provider_usage.",
    "value_closes.",
    "value_inputs.",
)

# Who asks, sent with the first statement that writes, in one round trip.
_ACTOR = "transaction.set_actor"


def entries(log):
    """The log's entries, each with its further lines."""
    starts = [match.start() for match in _ENTRY.finditer(log)] + [len(log)]
    return [log[start:end].rstrip("\n") for start, end in zip(starts, starts[1:])]


def read_log(log):
    """{backend: [(name, SQL, [parameter texts as SQL literals])]} of what was executed."""
    found = {}
    for entry in entries(log):
        backend = _BACKEND.search(entry)[1]
        executed = found.setdefault(backend, [])
        parameters, line = _PARAMETERS.search(entry), _LINE.search(entry)
        if parameters and executed:
            values = dict(_PARAMETER.findall(parameters["all"]))
            executed[-1][2].extend(values[str(i + 1)] for i in range(len(values)))
        elif line:
            executed.append((line["name"] or "", line["sql"].strip(), []))
    return found


def _transaction_of_an_actor(executed):
    """From BEGIN to COMMIT, of what somebody's request wrote; [] when nothing was."""
    told = [i for i, (name, _, _) in enumerate(executed) if name == _ACTOR]
    if not told:
        return []
    begin = max(i for i, (_, sql, _) in enumerate(executed) if sql == "BEGIN" and i < told[0])
    end = min(i for i, (_, sql, _) in enumerate(executed) if sql == "COMMIT" and i > told[-1])
    return executed[begin : end + 1]


def of_request(backends):
    """What the one backend did that worked for a request; [] when none did."""
    busy = [transaction for transaction in map(_transaction_of_an_actor, backends.values()) if transaction]
    for executed in backends.values() if not busy else ():
        foreground = [one for one in executed if not one[0].startswith(_BACKGROUND)]
        if any(name for name, _, _ in foreground):  # not only the BEGIN and COMMIT of something else
            busy.append(foreground)
    if len(busy) > 1:
        raise RuntimeError(f"several backends worked at the same time: {busy}")
    return busy[0] if busy else []


def pgbench_script(executed, variables, returned=None):
    """variables: {SQL literal: expression} for parameters that change from run to run; returned: (statement's name,
    column, literal): later uses of that literal are what the statement returned."""
    literals = dict(variables)
    lines = ["\\set i random(0, :last)"]
    actor = None
    for name, sql, parameters in executed:
        def value_of(match, parameters=parameters):
            literal = parameters[int(match[1]) - 1]
            return literals.get(literal, literal)

        text = " ".join(re.sub(r"\$(\d+)", value_of, sql).split())
        is_returned = returned and name == returned[0]
        if name == _ACTOR:
            actor = text + ";"
            continue
        if actor:
            lines += [actor] if is_returned else ["\\startpipeline", actor, text + ";", "\\endpipeline"]
            actor = None
            if not is_returned:
                continue
        if is_returned:
            literals[returned[2]] = f"(:{returned[1]})"
            lines.append(f"{text} \\gset")
        else:
            lines.append(text + ";")
    return "\n".join(lines) + "\n"
