"""The audit log as tests read it."""

NAMES = "audit_id, actor_id, actor, peer, request_id, action, entity, entity_id, before, after, db_role"


def log(database, where="true"):
    """[{column: value}] in the order they were written, without the log's own beginning."""
    rows = database.execute(f"SELECT {NAMES} FROM audit_log WHERE action <> 'begin' AND {where} ORDER BY audit_id")
    return [dict(zip(NAMES.split(", "), row)) for row in rows]


def short(rows):
    return [(row["action"], row["entity"], row["entity_id"]) for row in rows]


def unsealed_n(database):
    return database.execute("SELECT (SELECT count(*) FROM audit_log) - (SELECT count(*) FROM audit_seals)")[0][0]
