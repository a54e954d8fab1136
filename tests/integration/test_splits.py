"""Splits in the stream and over REST: quantities step, costs stay, versions are
stamped, the day's change is right."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from support.history import add_assets, write_lines


def today():
    return datetime.now(timezone.utc).date()


def row_of(view, symbol="AAPL"):
    return view.data["positions"][symbol]


def test_a_split_reaches_who_watches(server, postgres, connect):
    add_assets(postgres, "AAPL")
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 10, 390, "2020-01-02")
    server.put_price("AAPL", 400, previous_close=398)
    client = connect(server)
    view = client.subscribe(portfolio_id)
    assert (row_of(view)["quantity"], row_of(view)["current_value"]) == (10, 4000)
    write_lines(postgres, [f"SPLIT AAPL {today()} 4"])
    server.put_price("AAPL", 101, previous_close=400)
    client.run_until(lambda: row_of(view)["quantity"] == 40 and row_of(view)["current_price"] == 101)
    row = row_of(view)
    assert (row["cost_basis"], row["average_cost"], row["current_value"]) == (3900, Decimal("97.5"), 4040)
    assert (row["gain_loss"], row["day_change"], row["day_change_percent"]) == (140, 40, 1)
    document = server.json("GET", f"/investments/{lot}")
    assert (document["quantity"], document["current_quantity"], document["current_value"]) == (10, 40, 4040)
    # Bought on the day of the split: as traded.
    other = server.create_investment(portfolio_id, "AAPL", 1, 100, str(today()))
    assert "current_quantity" not in server.json("GET", f"/investments/{other}")
    client.run_until(lambda: row_of(view)["quantity"] == 41)
    # The split was none: what it did goes.
    postgres.execute("DELETE FROM corporate_actions")
    client.run_until(lambda: row_of(view)["quantity"] == 11)


def test_a_split_waits_for_its_session(server, postgres, connect):
    """A price from before the split stays with the quantity from before it."""
    add_assets(postgres, "AAPL")
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 10, 390, "2020-01-02")
    before = datetime.now(timezone.utc) - timedelta(days=1)
    server.put_price("AAPL", 400, as_of=before.strftime("%Y-%m-%dT%H:%M:%SZ"))
    client = connect(server)
    view = client.subscribe(portfolio_id)
    write_lines(postgres, [f"SPLIT AAPL {today()} 4"])
    postgres.execute("UPDATE investments SET fee = 1")  # another reason to load it
    client.run_until(lambda: row_of(view)["cost_basis"] == 3901)
    assert (row_of(view)["quantity"], row_of(view)["current_value"]) == (10, 4000)
    server.put_price("AAPL", 100)
    client.run_until(lambda: row_of(view)["quantity"] == 40)  # by the server's own look, no one else's
    assert row_of(view)["current_value"] == 4000


def test_reverse_and_fractional_splits(server, postgres, connect):
    add_assets(postgres, "AAPL", "GE")
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 10, 100, "2020-01-02")
    server.create_investment(portfolio_id, "AAPL", Decimal("0.00000001"), 100, "2020-01-02")
    server.create_investment(portfolio_id, "GE", 1000, 10, "2020-01-02")
    write_lines(postgres, ["SPLIT AAPL 2020-02-03 2", "SPLIT AAPL 2020-03-02 0.33333333", "SPLIT GE 2021-08-02 0.125"])
    client = connect(server)
    view = client.subscribe(portfolio_id)
    assert row_of(view)["quantity"] == Decimal("6.66666668")  # 20/3 and 0.67e-8, each rounded
    assert (row_of(view, "GE")["quantity"], row_of(view, "GE")["average_cost"]) == (125, 80)
    assert row_of(view, "GE")["cost_basis"] == 10000


def test_a_split_resumes_like_any_change(server, postgres, connect):
    add_assets(postgres, "AAPL", "MSFT")
    portfolio_id = server.create_portfolio()
    for symbol in ("AAPL", "MSFT"):
        server.create_investment(portfolio_id, symbol, 10, 100, "2020-01-02")
    version = server.json("GET", f"/portfolios/{portfolio_id}")["version"]
    write_lines(postgres, ["SPLIT AAPL 2020-02-03 2"])
    assert server.json("GET", f"/portfolios/{portfolio_id}")["version"] == version + 1
    stamped = postgres.execute("SELECT ticker_symbol, version FROM position_versions ORDER BY 1")
    assert [at == version + 1 for _, at in stamped] == [True, False]


def test_many_splits_of_many_lots(server, postgres):
    """The stream's quantity is the sum of the lots' current quantities."""
    add_assets(postgres, "AAPL")
    portfolio_id = server.create_portfolio()
    for n in range(12):
        server.create_investment(portfolio_id, "AAPL", Decimal("1.23456789") * (n + 1), 10, f"2020-{n + 1:02}-15")
    write_lines(postgres, [f"SPLIT AAPL 2020-{n:02}-01 {factor}" for n, factor in ((3, 7), (6, "1.5"), (9, "0.1"), (11, 3))])
    lots = server.json("GET", f"/portfolios/{portfolio_id}/investments")["items"]
    total = sum(lot.get("current_quantity", lot["quantity"]) for lot in lots)
    valuation = server.json("GET", f"/portfolios/{portfolio_id}/valuation")
    assert valuation["data"]["positions"]["AAPL"]["quantity"] == total
    assert sum("current_quantity" in lot for lot in lots) == 10
