"""Somebody's role changes while its stream is open: what it may see follows, without a new connection."""

import pytest
from test_stream_rights import World, ask, is_hidden

from support import ways_in
from support.identity import HS256, Identities
from support.waiting import wait_until

# By who is told of nothing: no trigger runs, as in a restored database, so that only who looks anew sees it.
UNNOTICED = "SET session_replication_role = replica; "
ROLE = "UPDATE users SET role = %s, customer_id = %s WHERE user_id = %s"


@pytest.fixture(name="guarded")
def guarded_server(start_server):
    return start_server(AUTH="on", **HS256)


@pytest.fixture(name="world")
def two_users(postgres):
    return World(Identities(postgres))


def token_of(person, server):
    """Of a session of its own."""
    return person.logged_in_at(server).credential


def test_who_is_an_administrator_no_more(guarded, connect, world):
    admin = world.identities.admin()
    client = ways_in.with_header(connect, guarded, token_of(admin, guarded))
    client.subscribe(world.of_ada)
    client.subscribe(world.of_bob)
    world.identities.execute(ROLE, "user", world.ada_id, admin.user_id)
    client.expect("unsubscribed", portfolio_id=world.of_bob, code="not_found")
    assert is_hidden(ask(client, world.of_bob))
    world.identities.execute("UPDATE portfolios SET portfolio_name = 'Hers' WHERE portfolio_id = %s", world.of_ada)
    client.run_until(lambda: client.view(world.of_ada).data["portfolio_name"] == "Hers")


def test_who_sees_everything_now(guarded, connect, world):
    client = ways_in.with_header(connect, guarded, token_of(world.ada, guarded))
    client.subscribe(world.of_ada)
    assert is_hidden(ask(client, world.of_bob))
    world.identities.execute(ROLE, "service", None, world.ada.user_id)
    wait_until(lambda: not is_hidden(ask(client, world.of_bob)), what="Bob's on the same connection")
    client.run_until(lambda: client.view(world.of_bob).data)


@pytest.mark.parametrize("role", ["user", "advisor"])
def test_a_refresh_looks_again(guarded, connect, world, role):
    """The token says nothing of the role: who refreshes has the one that the database knows."""
    admin = world.identities.admin()
    client = ways_in.with_header(connect, guarded, token_of(admin, guarded))
    client.subscribe(world.of_ada)
    client.subscribe(world.of_bob)
    world.identities.execute(
        UNNOTICED + ROLE, role, world.ada_id if role == "user" else None, admin.user_id
    )
    client.barrier()
    assert {world.of_ada, world.of_bob} == set(client.views)  # nobody was told
    client.send({"type": "auth", "id": "again", "token": token_of(admin, guarded)})
    client.expect("authenticated", id="again")
    left = {world.of_ada} if role == "user" else set()
    client.run_until(lambda: set(client.views) == left)
    for portfolio_id in {world.of_ada, world.of_bob} - left:
        assert is_hidden(ask(client, portfolio_id))
