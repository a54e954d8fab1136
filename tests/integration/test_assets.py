"""Assets: their reference data from files, found by symbol and name."""

import gzip
import os
from decimal import Decimal

import pytest

from support.process import ROOT
from support.rest import TIMESTAMP, loads, problem, wrong_fields
from support.server import run_program
from support.waiting import wait_until

DATA = os.path.join(ROOT, "..", "shared", "data", "meta")


def shared(name):
    path = os.path.join(DATA, name)
    if not os.path.exists(path):
        pytest.skip(f"{name} is not here")
    return path


def import_assets(postgres, *arguments, code=0):
    done = run_program("import", "assets", *arguments, settings={"DATABASE_URL": postgres.url})
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def import_text(postgres, tmp_path):
    def run(text, *arguments, code=0):
        path = tmp_path / "assets.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return import_assets(postgres, str(path), *arguments, code=code)

    return run


def found(server, query):
    return [row["ticker_symbol"] for row in server.json("GET", f"/assets?{query}")["items"]]


# --- the import ---


def test_what_is_imported_can_be_read(server, import_text):
    done = import_text(
        "\ufeffname,symbol,yahoo_symbol,kraken_symbol,asset_class,currency,exchange,sector,industry,country,isin\r\n"
        '"Nestlé, ""S.A.""",nesn.sw,NESN.SW,,equity,chf,EBS,Consumer Staples,Food,Switzerland,CH0038863350\r\n'
        "Bitcoin,BTC-USD,BTC-USD,XBTUSD,CRYPTO,USD,,,,,\r\n"
    )
    assert done.stdout == "2 rows: 2 new assets, 0 changed, 0 as they were, 0 wrong; 1 columns ignored\n"
    asset = server.json("GET", "/assets/NESN.sw")
    assert TIMESTAMP.fullmatch(asset.pop("created_at")) and TIMESTAMP.fullmatch(asset.pop("updated_at"))
    assert asset == {
        "ticker_symbol": "NESN.SW",
        "name": 'Nestlé, "S.A."',
        "asset_class": "EQUITY",
        "currency": "CHF",
        "exchange_mic": "XSWX",
        "sector": "Consumer Staples",
        "industry": "Food",
        "country": "CH",
        "provider_symbols": {"yahoo": "NESN.SW"},
    }
    bitcoin = server.json("GET", "/assets/BTC-USD")
    assert bitcoin["provider_symbols"] == {"yahoo": "BTC-USD", "kraken": "XBTUSD"}
    assert not {"sector", "industry", "country", "exchange_mic", "last_price"} & set(bitcoin)


def test_an_import_again_changes_nothing_and_an_empty_field_keeps(server, import_text):
    import_text("symbol,name,sector,kraken_symbol\nA,Agilent,Health Care,X\nB,Barnes,,\n")
    etag = server.request("GET", "/assets/A")[1]["etag"]
    done = import_text("symbol,name,sector\nA,Agilent,\nB,Barnes Group,Industrials\nB,Barnes Inc,Industrials\nC,,\n")
    assert done.stdout.startswith("4 rows: 1 new assets, 1 changed, 2 as they were, 0 wrong")
    assert server.request("GET", "/assets/A")[1]["etag"] == etag
    assert server.json("GET", "/assets/A")["sector"] == "Health Care"
    assert server.json("GET", "/assets/B")["name"] == "Barnes Inc"
    import_text("symbol,yahoo_symbol\nA,AA\n")
    assert server.json("GET", "/assets/A")["provider_symbols"] == {"kraken": "X", "yahoo": "AA"}


def test_wrong_rows_are_named_and_left_out(server, import_text):
    done = import_text(
        b"symbol,name,asset_class,currency,exchange_mic,etf\n"
        b"GOOD,Good,,,,Y\n"
        b"ABR$D,Bad,,,,\n"
        b",Bad,,,,\n"
        b"BAD,Bad,STOCK,,,\n"
        b"BAD,Bad,,DOLLAR,,\n"
        b"BAD,Bad,,,NASDAQ,\n"
        b"BAD,Bad,,,,yes\n"
        b"BAD," + b"x" * 201 + b",,,,\n"
        b"BAD,\xff,,,,\n"
        b'BAD,a"b,,,,\n'
        b"BAD,Bad,,,\n"
        b"\n"
        b'ALSO,"Go\nod",,,,\n'
        b"LAST,Good,,,,N\n"
        b'BAD,"open,,,,\n',
        code=1,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("row ")]
    assert [line.split(":")[0] for line in lines] == [f"row {n}" for n in (*range(3, 13), 14, 16)]
    assert 'symbol: "ABR$D" must be' in lines[0] and "a quote is not closed" in lines[-1]
    assert done.stdout.startswith("14 rows: 2 new assets, 0 changed, 0 as they were, 12 wrong")
    assert found(server, "") == ["GOOD", "LAST"]
    assert [server.json("GET", f"/assets/{s}")["asset_class"] for s in ("GOOD", "LAST")] == ["ETF", "EQUITY"]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "empty"),
        ("name\nx\n", 'no column "symbol"'),
        ("symbol,ticker\nA,B\n", "says what another one says"),
        ("symbol,sector,Sector\nA,B,C\n", "says what another one says"),
        (b"\xff\n", "UTF-8"),
    ],
)
def test_a_wrong_header_imports_nothing(server, import_text, text, reason):
    assert reason in import_text(text, code=1).stderr
    assert found(server, "") == []


def test_defaults_fill_what_a_row_leaves_empty(server, import_text):
    import_text("symbol,currency\nA,EUR\nB,\n", "--default", "currency=usd", "--default=country=France")
    rows = server.json("GET", "/assets")["items"]
    assert [(row["currency"], row["country"]) for row in rows] == [("EUR", "FR"), ("USD", "FR")]
    for wrong in ("currency=X1", "symbol=A", "nothing=1", "currency"):
        assert "Usage" in import_text("symbol\nA\n", "--default", wrong, code=2).stderr


def test_the_import_says_what_it_needs(postgres, tmp_path):
    done = run_program("import", "assets", "--help")
    assert done.returncode == 0 and "exchange_mic" in done.stdout
    for arguments in ((), ("stars",), ("assets",), ("assets", "a", "b"), ("assets", "--what")):
        done = run_program("import", *arguments)
        assert done.returncode == 2 and "Usage" in done.stderr
    missing = str(tmp_path / "none.csv")
    assert "cannot be opened" in import_assets(postgres, missing, code=1).stderr
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(b"symbol\n" + os.urandom(9999).hex().encode())[:-3000])
    assert "cannot be read" in import_assets(postgres, str(cut), code=1).stderr
    good = tmp_path / "good.csv"
    good.write_text("symbol\nA\n", encoding="utf-8")
    done = run_program("import", "assets", str(good), settings={"DATABASE_URL": "postgresql:///x?host=/nonexistent"})
    assert done.returncode == 1 and "unavailable" in done.stderr


# --- the search ---

CATALOG = """symbol,name,asset_class,currency,exchange_mic
AAPL,Apple Inc.,EQUITY,USD,XNAS
APLE,"Apple Hospitality REIT, Inc.",EQUITY,USD,XNYS
APP,AppLovin Corporation,EQUITY,USD,XNAS
APPF,"AppFolio, Inc.",EQUITY,USD,XNAS
MAPL,Maple Leaf Apples,EQUITY,CAD,XTSE
T,AT&T Inc.,EQUITY,USD,XNYS
MCO,Moody's Corporation,EQUITY,USD,XNYS
NESN.SW,Nestlé S.A.,EQUITY,CHF,XSWX
BTC-USD,Bitcoin USD,CRYPTO,USD,
XAPP,,ETF,USD,
"""


@pytest.fixture(scope="module")
def catalog(shared_server, shared_postgres, tmp_path_factory):
    """Whose assets are only read."""
    path = tmp_path_factory.mktemp("catalog") / "assets.csv"
    path.write_text(CATALOG)
    import_assets(shared_postgres, str(path))
    return shared_server


@pytest.mark.parametrize(
    "query, symbols",
    [
        # The symbol, symbols that begin so, names that begin so, names with a word that does.
        ("app", ["APP", "APPF", "AAPL", "APLE", "MAPL"]),
        ("APPLE", ["AAPL", "APLE", "MAPL"]),
        ("inc%20apple", ["AAPL", "APLE"]),
        ("apple%20h", ["APLE"]),
        ("apple,%20inc", ["AAPL", "APLE"]),
        ("at%26t", ["T"]),
        ("t", ["T"]),
        ("moodys", ["MCO"]),
        ("Moody's", ["MCO"]),
        ("nestle", ["NESN.SW"]),
        ("NESTL%C3%89", ["NESN.SW"]),
        ("nesn.", ["NESN.SW"]),
        ("+btc+", ["BTC-USD"]),
        ("pple", []),
        ("%26", []),
        ("'%5C%22:*%7C!()", []),
        ("%F0%9F%9A%80", []),
        ("x" * 250, []),
    ],
)
def test_a_search_finds_symbols_and_names(catalog, query, symbols):
    assert found(catalog, f"query={query}") == symbols


def test_a_search_without_words_lists_everything(catalog):
    every = sorted(line.split(",")[0] for line in CATALOG.splitlines()[1:])
    assert found(catalog, "") == found(catalog, "query=") == found(catalog, "query=+") == every


def test_filters_narrow_a_search(catalog):
    assert found(catalog, "asset_class=crypto") == ["BTC-USD"]
    assert found(catalog, "exchange_mic=xnys") == ["APLE", "MCO", "T"]
    assert found(catalog, "query=app&exchange_mic=XNAS") == ["APP", "APPF", "AAPL"]
    assert found(catalog, "query=app&currency=cad&asset_class=EQUITY") == ["MAPL"]
    assert found(catalog, "exchange_mic=XXXX") == []


@pytest.mark.parametrize("query", ["", "query=app", "query=a&currency=USD"])
def test_a_search_pages_to_its_end(catalog, query):
    every = found(catalog, query)
    assert len(every) > 3
    for limit in (1, 2, 3, len(every)):
        rows, cursor = [], ""
        while cursor is not None:
            page = catalog.json("GET", f"/assets?{query}&limit={limit}{cursor}")
            rows += [row["ticker_symbol"] for row in page["items"]]
            cursor = "&cursor=" + page["next_cursor"] if "next_cursor" in page else None
        assert rows == every


def test_wrong_parameters_are_all_named(shared_server):
    query = "asset_class=STOCK&exchange_mic=X.AS&currency=DOLLAR&limit=0&cursor=7.A&query=a&query=b"
    fields = ("asset_class", "exchange_mic", "currency", "limit", "cursor", "query")
    assert wrong_fields(shared_server.request("GET", f"/assets?{query}")) == dict.fromkeys(fields, "invalid_field")
    for cursor in ("", "0", "0.", "0.%24", "-1.A", "9.A", "0A"):
        assert wrong_fields(shared_server.request("GET", f"/assets?cursor={cursor}")) == {"cursor": "invalid_field"}


# --- one ---


def test_a_price_without_its_currency_is_in_that_of_the_last_one(server):
    """Of the last one published, not of the one that this loop's last pass knew."""

    def put(**body):
        return server.json("PUT", "/assets/VOD/price", body)

    server.see_bus()
    assert put(price=100)["currency"] == "USD"
    for _ in range(10):
        assert put(price=101, currency="GBP", previous_close=99)["currency"] == "GBP"
        kept = put(price=102)
        assert (kept["currency"], kept["previous_close"]) == ("GBP", 99)
        changed = put(price=10300, currency="GBp")
        assert changed["currency"] == "GBp" and "previous_close" not in changed, "99 pounds are not 99 pence"


@pytest.mark.parametrize("redis", ["redis", "in process"])
def test_a_currency_that_only_a_price_told_follows_the_next_price(start_server, import_text, redis):
    server = start_server(**({} if redis == "redis" else {"REDIS_URL": None}))
    server.see_bus()

    def currencies(symbol):
        def shown():
            asset = server.json("GET", f"/assets/{symbol}")
            return asset["currency"], asset.get("last_price", {}).get("currency")

        put = server.json("PUT", f"/assets/{symbol}/price", {"price": 100, "currency": "GBP"})
        assert put["currency"] == "GBP"
        wait_until(lambda: shown()[1] == "GBP", what="the price to show")
        return shown()

    assert server.json("PUT", "/assets/VOD/price", {"price": 100})["currency"] == "USD"
    assert server.json("GET", "/assets/VOD")["currency"] == "USD"
    assert currencies("VOD") == ("GBP", "GBP")
    # One that somebody holds stays what they paid in.
    assert server.json("PUT", "/assets/HELD/price", {"price": 100})["currency"] == "USD"
    server.create_investment(server.create_portfolio(), "HELD", 1, 1)
    assert currencies("HELD") == ("USD", "GBP")
    # So does one that the catalog describes.
    import_text("symbol,name,currency\nKNOWN,Known Inc.,USD\n")
    assert currencies("KNOWN") == ("USD", "GBP")


def test_an_asset_shows_its_last_price_and_an_etag_without_it(server):
    def asset_at(price):
        server.put_price("BRK.B", price, previous_close=400)
        known = {"If-None-Match": '"x"'}

        def shows():
            answer = server.request("GET", "/assets/brk.b", headers=known)
            known["If-None-Match"] = answer[1]["etag"]
            return answer if loads(answer).get("last_price", {}).get("price") == price else None

        return wait_until(shows, what="the price to show")

    server.see_bus()
    first = asset_at(Decimal("412.5"))
    price = loads(first)["last_price"]
    assert (price["previous_close"], price["currency"], price["source"]) == (400, "USD", "manual")
    assert price["stale"] is False and TIMESTAMP.fullmatch(price["as_of"])
    again = asset_at(413)
    assert again[0] == 200 and again[1]["etag"] == first[1]["etag"]
    problem(server.request("GET", "/assets/NONE"), 404, "not_found")
    problem(server.request("GET", "/assets/%24"), 404, "not_found")
    problem(server.request("DELETE", "/assets/BRK.B"), 405, "method_not_allowed")


# --- real data ---


def test_real_catalogs_are_taken_whole(server, postgres):
    done = import_assets(postgres, shared("assets_us.csv"))
    assert done.stdout.startswith("297 rows: 297 new assets, 0 changed, 0 as they were, 0 wrong")
    assert import_assets(postgres, shared("assets_intl.csv")).stdout.startswith("324 rows: 324 new assets")
    assert import_assets(postgres, shared("assets_crypto.csv")).stdout.startswith("668 rows: 668 new assets")
    assert import_assets(postgres, shared("assets_intl.csv")).stdout.startswith("324 rows: 0 new assets, 0 changed, 324")
    assert server.json("GET", "/assets/AAM.SW")["country"] == "GB"
    assert server.json("GET", "/assets/AAVE-EUR")["asset_class"] == "CRYPTO"
    assert found(server, "query=abb%20ltd") == ["ABBN.SW", "ABBNE.SW"]


def test_a_search_among_everything_listed_uses_its_indexes(server, postgres):
    listed = shared("us_listed_symbols.csv.gz")
    done = import_assets(postgres, listed, "--default", "currency=USD", code=1)
    assert done.stdout.startswith("13114 rows: ") and "10000 rows\n" in done.stderr
    with gzip.open(listed, "rt", encoding="utf-8") as file:
        legal = [line.split(",")[0] for line in file if line.split(",")[0].replace(".", "").isalnum()][1:]
    assert len(legal) > 12000
    assert found(server, "query=aapl")[0] == "AAPL"
    assert "AAPL" in found(server, "query=apple%20inc")
    postgres.execute("ANALYZE assets")
    plan = "\n".join(
        row[0]
        for row in postgres.execute(
            "EXPLAIN SELECT * FROM assets WHERE (ticker_symbol >= 'MICRO' AND ticker_symbol < 'MICRO' || '~')"
            " OR array_to_tsvector(string_to_array(search_text, ' ')) @@ asset_search_query('micro')"
        )
    )
    assert "assets_words_idx" in plan and "assets_pkey" in plan and "Seq Scan" not in plan
