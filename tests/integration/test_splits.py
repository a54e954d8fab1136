"""Splits in the stream and over REST: quantities step, costs stay, versions are
stamped, the day's change is right."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from support.history import add_assets, write_lines


def last_day():
    """The last one that has seen noon, when trade of that day has begun in New York: a price by hand of before that is
    of the day before, for splits. Asked once a test, so that nothing changes when another begins meanwhile."""
    return (datetime.now(timezone.utc) - timedelta(hours=12)).date()


def noon(day, ms=0):
    return f"{day}T12:00:00.{ms:03}Z"


def row_of(view, symbol="AAPL"):
    return view.data["positions"][symbol]


def test_a_split_reaches_who_watches(server, postgres, connect):
    add_assets(postgres, "AAPL")
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 10, 390, "2020-01-02")
    day = last_day()
    server.put_price("AAPL", 400, previous_close=398, as_of=noon(day))
    client = connect(server)
    view = client.subscribe(portfolio_id)
    assert (row_of(view)["quantity"], row_of(view)["current_value"]) == (10, 4000)
    write_lines(postgres, [f"SPLIT AAPL {day} 4"])
    server.put_price("AAPL", 101, previous_close=400, as_of=noon(day, 1))
    client.run_until(lambda: row_of(view)["quantity"] == 40 and row_of(view)["current_price"] == 101)
    row = row_of(view)
    assert (row["cost_basis"], row["average_cost"], row["current_value"]) == (3900, Decimal("97.5"), 4040)
    assert (row["gain_loss"], row["day_change"], row["day_change_percent"]) == (140, 40, 1)
    document = server.json("GET", f"/investments/{lot}")
    assert (document["quantity"], document["current_quantity"], document["current_value"]) == (10, 40, 4040)
    # Bought on the day of the split: as traded.
    other = server.create_investment(portfolio_id, "AAPL", 1, 100, str(day))
    assert "current_quantity" not in server.json("GET", f"/investments/{other}")
    client.run_until(lambda: row_of(view)["quantity"] == 41)
    # The split was none: what it did goes.
    postgres.execute("DELETE FROM corporate_actions")
    client.run_until(lambda: row_of(view)["quantity"] == 11)


def test_a_price_from_before_a_split_counts_divided(server, postgres, connect):
    """10 shares at 400 are 40 at 100 from the split's day on, whatever is known of that day; in the stream and over
    REST alike, of a lot bought since as well (2 for 210: worth 200)."""
    add_assets(postgres, "AAPL")
    portfolio_id = server.create_portfolio()
    lot = server.create_investment(portfolio_id, "AAPL", 10, 390, "2020-01-02")
    day = last_day()
    yesterday = day - timedelta(days=1)
    server.put_price("AAPL", 400, previous_close=396, as_of=noon(yesterday))
    client = connect(server)
    view = client.subscribe(portfolio_id)
    write_lines(postgres, [f"SPLIT AAPL {day} 4"])
    client.run_until(lambda: row_of(view)["quantity"] == 40)  # by the server's own look, no one else's
    row = row_of(view)
    assert (row["current_price"], row["previous_close"], row["current_value"]) == (100, 99, 4000)
    assert (row["gain_loss"], row["day_change"], view.data["totals"]["total_value"]) == (100, 40, 4000)
    document = server.json("GET", f"/investments/{lot}")
    assert (document["current_quantity"], document["current_price"], document["current_value"]) == (40, 100, 4000)
    other = server.create_investment(portfolio_id, "AAPL", 2, 105, str(day))
    client.run_until(lambda: row_of(view)["quantity"] == 42)
    assert (row_of(view)["current_value"], row_of(view)["day_change"]) == (4200, 30)  # 40 - 10 on the two
    document = server.json("GET", f"/investments/{other}")
    assert (document["quantity"], document["current_price"], document["current_value"]) == (2, 100, 200)
    # Another price from before it: the row moves with it, by a quarter.
    server.put_price("AAPL", 404.04, previous_close=396, as_of=noon(yesterday, 500))
    client.run_until(lambda: row_of(view)["current_price"] == Decimal("101.01"))
    assert row_of(view)["current_value"] == Decimal("4242.42")
    valuation = server.json("GET", f"/portfolios/{portfolio_id}/valuation")["data"]
    assert valuation["positions"]["AAPL"]["current_value"] == valuation["totals"]["total_value"] == Decimal("4242.42")
    summary = server.json("GET", f"/portfolios/{portfolio_id}/investments/summary")
    assert (summary["investments_n"], summary["totals"]["total_value"]) == (2, Decimal("4242.42"))
    slices = server.json("GET", f"/portfolios/{portfolio_id}/allocation?by=symbol")
    assert slices["slices"][0]["value"] == Decimal("4242.42")
    # The price of the asset itself stays what somebody paid.
    assert server.json("GET", "/assets/AAPL/price")["price"] == Decimal("404.04")
    # Of the day itself: as it is, and moving with its quantity.
    server.put_price("AAPL", 102, previous_close=404, as_of=noon(day))
    client.run_until(lambda: row_of(view)["current_price"] == 102)
    # 42 x 102 - 10 x 404 - 210
    assert (row_of(view)["current_value"], row_of(view)["day_change"]) == (4284, 34)
    # The vendor has divided that close: 404 / 4.
    server.put_price("AAPL", 103, previous_close=101, as_of=noon(day, 1))
    client.run_until(lambda: row_of(view)["current_price"] == 103)
    assert (row_of(view)["previous_close"], row_of(view)["day_change"]) == (101, 76)  # 42 x 103 - 40 x 101 - 210


def test_a_price_from_before_a_split_through_a_rate(server, postgres, connect):
    """Pence: 10 x 800p / 100 x 1.25 is 100 dollars, before the split and after it."""
    portfolio_id = server.create_portfolio()
    server.put_price("GBP%2FUSD", 1.25, currency="USD")
    day = last_day()
    server.put_price("VOD.L", 800, currency="GBp", as_of=noon(day - timedelta(days=1)))
    postgres.execute("UPDATE assets SET currency = 'GBp' WHERE ticker_symbol = 'VOD.L'")
    lot = server.create_investment(portfolio_id, "VOD.L", 10, 700, "2020-01-02", fx_rate=1.2)
    client = connect(server)
    view = client.subscribe(portfolio_id)
    client.run_until(lambda: row_of(view, "VOD.L").get("current_value_base") == 100)
    view.divided.add("VOD.L")
    write_lines(postgres, [f"SPLIT VOD.L {day} 7"])
    client.run_until(lambda: row_of(view, "VOD.L")["quantity"] == 70)
    row = row_of(view, "VOD.L")
    assert row["current_price"] == Decimal("114.28571429")
    assert (row["current_value"], row["current_value_base"], row["gain_loss_base"]) == (8000, 100, 16)
    document = server.json("GET", f"/investments/{lot}")
    assert (document["current_value"], document["current_value_base"]) == (8000, 100)


def test_a_split_to_come_waits_for_its_day(server, postgres, connect):
    add_assets(postgres, "AAPL")
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 10, 390, "2020-01-02")
    server.put_price("AAPL", 400)
    client = connect(server)
    view = client.subscribe(portfolio_id)
    day = last_day()
    write_lines(postgres, [f"SPLIT AAPL {day + timedelta(days=2)} 4", f"SPLIT AAPL {day} 2"])
    client.run_until(lambda: row_of(view)["quantity"] == 20)
    applied = postgres.execute("SELECT date, is_applied FROM corporate_actions ORDER BY date")
    assert applied == [(day, True), (day + timedelta(days=2), False)]


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
