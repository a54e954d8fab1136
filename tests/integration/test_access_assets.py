"""A symbol that nobody knows but who holds it is not told to others."""

import pytest

from support.identity import Identities
from support.rest import problem

SECRET = "NO-12-ELM-STREET"


class World:
    def __init__(self, server, postgres):
        self.postgres, self.people = postgres, Identities(postgres)
        first, second = self.people.customer(), self.people.customer()
        self.ada, self.bob = (self.people.user(customer_id).at(server) for customer_id in (first, second))
        self.advisor, self.other_advisor = (self.people.advisor(it).at(server) for it in (first, second))
        self.service, self.admin = self.people.service().at(server), self.people.admin().at(server)
        self.ada.create_investment(self.ada.create_portfolio(first), SECRET, 1, 100)
        self.knowing = (self.ada, self.advisor, self.service, self.admin)
        self.others = (self.bob, self.other_advisor)


@pytest.fixture(name="world")
def people(start_server, postgres):
    return World(start_server(AUTH="on"), postgres)


def listed(api, query=""):
    return [item["ticker_symbol"] for item in api.json("GET", f"/assets{query}")["items"]]


def without_ids(answer):
    return {name: value for name, value in problem(answer, 404, "not_found").items() if name != "request_id"}


@pytest.mark.parametrize("query", ["", "?limit=1", f"?query={SECRET[:5]}", f"?query={SECRET}"])
def test_lists_and_searches(world, query):
    assert all(listed(api, query) == [SECRET] for api in world.knowing)
    assert all(listed(api, query) == [] for api in world.others)


@pytest.mark.parametrize("rest", ["", "/history", "/corporate-actions", "/price", "/history?limit=x", "/history?from=2020-01-01"])
def test_to_others_it_is_no_asset(world, rest):
    for api in world.others:
        told = [without_ids(api.request("GET", f"/assets/{symbol}{rest}")) for symbol in (SECRET, "NO-13-ELM-STREET")]
        assert told[1] == {**told[0], "detail": told[0]["detail"].replace(SECRET, "NO-13-ELM-STREET")}
    if rest != "/price":
        assert all(api.request("GET", f"/assets/{SECRET}{rest}")[0] in (200, 422) for api in world.knowing)


def test_pages_go_on_behind_it(world):
    world.postgres.execute("INSERT INTO assets (ticker_symbol, currency) VALUES ('AAPL', 'USD'), ('ZZZ', 'USD')")
    first = world.bob.json("GET", "/assets?limit=1")
    rest = world.bob.json("GET", f"/assets?limit=1&cursor={first['next_cursor']}")
    assert [item["ticker_symbol"] for item in first["items"] + rest["items"]] == ["AAPL", "ZZZ"]
    assert "next_cursor" not in rest


@pytest.mark.parametrize(
    "known", ["name = 'A house'", "asset_class = 'OTHER'", "currency = 'USD'", """provider_symbols = '{"yahoo": "X"}'"""]
)
def test_what_is_known_of_is_everybodys(world, known):
    world.postgres.execute(f"UPDATE assets SET {known} WHERE ticker_symbol = %s", SECRET)
    assert all(listed(api) == [SECRET] for api in (*world.knowing, *world.others))
    assert world.bob.request("GET", f"/assets/{SECRET}")[0] == 200


def test_who_holds_it_too_is_told(world):
    portfolio_id = world.bob.create_portfolio(world.bob.json("GET", "/auth/me")["customer_id"])
    lot = world.bob.create_investment(portfolio_id, SECRET, 1, 1)
    assert listed(world.bob) == listed(world.other_advisor) == [SECRET]
    assert world.bob.request("DELETE", f"/investments/{lot}")[0] == 204
    assert listed(world.bob) == listed(world.other_advisor) == []
