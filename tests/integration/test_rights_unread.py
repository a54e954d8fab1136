"""Rights that end while a server cannot read of it: its own notice comes too late, or PostgreSQL does not answer."""

import os
import signal

import psycopg2
import pytest

from support import ways_in
from support.frozen import frozen
from support.identity import Identities, wait_for_status
from support.rest import problem
from support.waiting import wait_until
from support.websocket import Closed


@pytest.fixture(name="identities")
def people(postgres):
    return Identities(postgres)


def expect_closed(client, code, **closing):
    client.expect("closing", code=code, **closing)
    with pytest.raises(Closed) as ended:
        client.recv()
    assert ended.value.code == code


def test_rights_that_cannot_be_looked_up_end(start_server, connect, postgres, identities):
    """Neither a request nor a connection goes on for ever by what was read of rights long ago."""
    server = start_server(AUTH="on", RIGHTS_KEEP_S=2, STATEMENT_TIMEOUT_MS=500, HEARTBEAT_MS=300, AUTH_TIMEOUT_S=600)
    admin = identities.admin()
    key = admin.key()
    api = key.at(server)
    assert api.request("GET", "/metrics")[0] == 200
    client = ways_in.with_header(connect, server, key.text)
    nobody = connect(server)
    with frozen(postgres) as freeze:
        freeze()
        expect_closed(client, 1013, reconnect=True)
        wait_until(lambda: api.request("GET", "/metrics")[0] == 503, what="the end of what was kept")
        problem(api.request("GET", "/metrics"), 503, "unavailable")
        assert ways_in.refused(server, headers={"Authorization": f"Bearer {key.text}"})[0] == 503
        nobody.barrier()  # has no rights that could be too old
    wait_for_status(api, "/metrics", 200)
    again = ways_in.with_header(connect, server, key.text)
    again.barrier()
    assert api.metric('pf_connections_closed_total{reason="unconfirmed"}') == 1


def test_connections_outlast_a_short_absence(start_server, connect, postgres, identities):
    server = start_server(AUTH="on", RIGHTS_KEEP_S=600, STATEMENT_TIMEOUT_MS=300, HEARTBEAT_MS=300)
    client = ways_in.with_header(connect, server, identities.admin().key().text)
    other = identities.admin().key()
    with frozen(postgres) as freeze:
        freeze()
        assert other.at(server).request("GET", "/metrics")[0] == 503
        client.barrier()
    wait_for_status(other.at(server), "/metrics", 200)
    client.barrier()


# --- what was swept before it was read ---


def sweep(identities):
    """What each server does with rows that are ten minutes old."""
    identities.execute("DELETE FROM access_changes")


def test_what_was_swept_before_it_was_read_is_not_missed(start_server, connect, identities):
    """A server that was cut off for longer than the rows are kept knows nothing any more, and asks again."""
    server = start_server(AUTH="on", HEARTBEAT_MS=300)
    kept, lost = identities.admin().key(), identities.admin().key()
    clients = [ways_in.with_header(connect, server, key.text) for key in (kept, lost)]
    assert all(key.at(server).request("GET", "/metrics")[0] == 200 for key in (kept, lost))
    os.kill(server.pid, signal.SIGSTOP)
    try:
        lost.revoke()
        sweep(identities)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    expect_closed(clients[1], 4401)
    wait_for_status(lost.at(server), "/metrics", 401)
    clients[0].barrier()
    assert kept.at(server).request("GET", "/metrics")[0] == 200


def test_a_change_that_is_swept_as_it_comes_is_not_missed(start_server, connect, postgres, identities):
    """A transaction that took longer than rows are kept: its row is old when it appears."""
    server = start_server(AUTH="on", HEARTBEAT_MS=300)
    key = identities.admin().key()
    client = ways_in.with_header(connect, server, key.text)
    connection = psycopg2.connect(postgres.superuser_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE api_keys SET revoked_at = now() WHERE key_id = %s", (key.key_id,))
            identities.admin().key().revoke()  # what came later is read, and swept, before
            client.barrier()
            sweep(identities)
            os.kill(server.pid, signal.SIGSTOP)
            connection.commit()
            sweep(identities)
    finally:
        os.kill(server.pid, signal.SIGCONT)
        connection.close()
    expect_closed(client, 4401)


def test_sweeping_is_noticed_once(start_server, postgres, identities):
    """It costs one look at everybody, not one each time that changes are read."""
    server = start_server(AUTH="on")
    admin = identities.admin().at(server)
    assert admin.request("GET", "/metrics")[0] == 200

    def lookups():
        return admin.metric("pf_access_changes_total")

    wait_until(lookups, what="the first look at everybody")
    before = lookups()
    os.kill(server.pid, signal.SIGSTOP)
    try:
        identities.admin().key().revoke()
        sweep(identities)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    wait_until(lambda: lookups() == before + 1, what="the look at everybody")
    # A number that was restored from another cluster, and is ahead of all here, means nothing.
    postgres.execute("UPDATE access_sweeps SET sweep_xid = '999999999999', newest_xid = '999999999999'")
    before = lookups()
    for n in range(3):
        identities.admin().key().revoke()
        wait_until(lambda n=n: lookups() >= before + n + 1, what="a change that is told")
    assert lookups() == before + 3
    sweep(identities)
    assert postgres.execute("SELECT newest_xid < '999999999999' AND sweep_xid < '999999999999' FROM access_sweeps") == [(True,)]


def test_changes_cannot_be_truncated(postgres):
    with pytest.raises(psycopg2.errors.FeatureNotSupported):
        postgres.execute("TRUNCATE access_changes")
