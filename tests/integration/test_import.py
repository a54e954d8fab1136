"""Imports of lots: CSV in, all or none, the same again is nothing new."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from support.rest import UNKNOWN, loads, problem, wrong_fields
from support.waiting import wait_until

HEADER = "ticker_symbol,quantity,purchase_price,purchase_date\n"


class Importer:
    """Imports into one portfolio of a server."""

    def __init__(self, server, portfolio_id=None):
        self.server = server
        self.portfolio_id = portfolio_id or server.create_portfolio()
        self.path = f"/portfolios/{self.portfolio_id}/investments/import"

    def send(self, text, query="", media="text/csv", **headers):
        body = text if isinstance(text, bytes) else text.encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.request("POST", self.path + query, body=body, headers={"Content-Type": media, **headers})

    def take(self, text, query="", **headers):
        answer = self.send(text, query, **headers)
        assert answer[0] == 200, answer[2][:2000]
        return loads(answer)

    def errors(self, text):
        """[(row, field, code)] of a refusal, which wrote nothing."""
        before = self.lots()
        document = problem(self.send(text), 422, "invalid_field")
        assert self.lots() == before
        assert document["errors_n"] >= len(document["errors"]) == min(document["errors_n"], 1000)
        return [(error["row"], error["field"], error["code"]) for error in document["errors"]]

    def lots(self):
        return self.server.json("GET", f"/portfolios/{self.portfolio_id}/investments?limit=1000")["items"]

    @property
    def version(self):
        return self.server.json("GET", f"/portfolios/{self.portfolio_id}")["version"]


@pytest.fixture
def importer(server):
    return Importer(server)


def statuses(answer):
    return [row["status"] for row in answer["rows"]]


def test_a_file_becomes_lots_in_its_order(importer):
    answer = importer.take(
        "\ufeffquantity,ticker_symbol,external_id,purchase_date,fee,purchase_price,fx_rate\r\n"
        '1.5,aapl,"T-1, ""first""",2020-01-02,9.95,"100.10",\r\n'
        "\r\n"
        "12345678901.12345678, MSFT ,,2021-03-04,,0,\r\n"
        "2,BRK.B,T-3,2021-03-05,0,10,0.9"
    )
    assert (answer["created"], answer["duplicates"], answer["wrong"], answer["dry_run"]) == (3, 0, 0, False)
    assert answer["portfolio_id"] == importer.portfolio_id
    assert [row["row"] for row in answer["rows"]] == [2, 4, 5] and statuses(answer) == ["created"] * 3
    lots = importer.lots()
    assert [lot["investment_id"] for lot in lots] == [row["investment_id"] for row in answer["rows"]]
    assert [lot["ticker_symbol"] for lot in lots] == ["AAPL", "MSFT", "BRK.B"]
    assert lots[0]["external_id"] == 'T-1, "first"' and "external_id" not in lots[1]
    assert lots[0]["cost_basis"] == Decimal("160.1") and lots[0]["fee"] == Decimal("9.95")
    assert (lots[1]["quantity"], lots[1]["fee"]) == (Decimal("12345678901.12345678"), 0)
    assert importer.version == 2


def test_it_streams_as_one_change(importer, connect):
    client = connect(importer.server)
    view = client.subscribe(importer.portfolio_id)
    importer.take(HEADER + "AAPL,1,10,2020-01-02\nMSFT,2,10,2020-01-02\nAAPL,1,10,2020-01-02\n")
    client.run_until(lambda: set(view.positions) == {"AAPL", "MSFT"})
    assert view.positions["AAPL"]["quantity"] == 2
    assert importer.version == 2


def test_the_same_file_again_is_nothing_new(importer):
    text = HEADER + "AAPL,1,10,2020-01-02\nAAPL,1,10,2020-01-02\nAAPL,1,10,2020-01-03\n"
    first = importer.take(text)
    assert statuses(first) == ["created"] * 3
    again = importer.take(text)
    assert (again["created"], again["duplicates"]) == (0, 3)
    assert again["rows"] == [{**row, "status": "duplicate"} for row in first["rows"]]
    assert importer.version == 2, "nothing was written"
    # A third equal trade is a new one, and so is one with another fee.
    more = importer.take(text + "AAPL,1.0,10.00,2020-01-02\n")
    assert statuses(more) == ["duplicate"] * 3 + ["created"]
    more = importer.take("fee," + HEADER + "1,AAPL,1,10,2020-01-02\n")
    assert statuses(more) == ["created"]
    # One by hand counts as well.
    lot = importer.server.create_investment(importer.portfolio_id, "IBM", 1, 10)
    more = importer.take(HEADER + "IBM,1,10,2020-01-02\nIBM,1,10,2020-01-02\n")
    assert statuses(more) == ["duplicate", "created"] and more["rows"][0]["investment_id"] == lot


def test_an_external_id_says_what_is_the_same(importer):
    header = "external_id," + HEADER
    first = importer.take(header + "a,AAPL,1,10,2020-01-02\nb,AAPL,1,10,2020-01-02\n,AAPL,1,10,2020-01-02\n")
    assert statuses(first) == ["created"] * 3
    # By its id, even with other values; those without are counted by themselves.
    again = importer.take(header + "b,AAPL,2,10,2020-01-02\n,AAPL,1,10,2020-01-02\nc,AAPL,1,10,2020-01-02\n")
    assert statuses(again) == ["changed", "duplicate", "created"]
    assert [row["investment_id"] for row in again["rows"][:2]] == [first["rows"][n]["investment_id"] for n in (1, 2)]
    # Twice in one file: the same, or a contradiction.
    twins = importer.take(header + "d,IBM,1,1,2020-01-02\nd,IBM,1.0,1,2020-01-02\n")
    assert statuses(twins) == ["created", "duplicate"]
    assert twins["rows"][0]["investment_id"] == twins["rows"][1]["investment_id"]
    assert importer.errors(header + "e,IBM,1,1,2020-01-02\ne,IBM,2,1,2020-01-02\n") == [(3, "external_id", "conflict")]
    # Of another portfolio it is another lot's.
    assert statuses(Importer(importer.server).take(header + "a,AAPL,1,10,2020-01-02\n")) == ["created"]


def test_a_known_external_id_with_other_values_is_told_and_not_written(importer):
    header = "external_id,fee,fx_rate," + HEADER
    importer.server.json("PUT", "/assets/SAP.DE/price", {"price": 100, "currency": "EUR"})
    first = importer.take(header + "a,1,,AAPL,1,10,2020-01-02\nb,0,1.1,SAP.DE,2,20,2020-01-03\n")
    ids, lots, version = [row["investment_id"] for row in first["rows"]], importer.lots(), importer.version
    # All of the first differs, of the second its rate; the third is the first's twin, the fourth is new.
    text = header + "a,2,1,MSFT,3,11,2020-01-05\nb,0,,SAP.DE,2,20,2020-01-03\na,2,1,MSFT,3,11,2020-01-05\n"
    every = ["ticker_symbol", "quantity", "purchase_price", "fee", "purchase_date", "fx_rate"]
    expected = [
        {"row": 2, "status": "changed", "investment_id": ids[0], "differs": every},
        {"row": 3, "status": "changed", "investment_id": ids[1], "differs": ["fx_rate"]},
        {"row": 4, "status": "changed", "investment_id": ids[0], "differs": every},
    ]
    for query in ("?dry_run=true", ""):
        answer = importer.take(text, query)
        assert answer["rows"] == expected
        assert [answer[name] for name in ("created", "duplicates", "changed", "wrong")] == [0, 0, 3, 0]
        assert (importer.lots(), importer.version) == (lots, version), "nothing was written"
    # What is new beside it is written; equal numbers in other digits are equal.
    mixed = importer.take(header + "a,1.0,,aapl,1.00,10,2020-01-02\nb,1,1.1,SAP.DE,2,20,2020-01-03\nc,0,,A,1,1,2020-01-02\n")
    assert statuses(mixed) == ["duplicate", "changed", "created"]
    assert mixed["rows"][1]["differs"] == ["fee"] and "differs" not in mixed["rows"][0]
    assert importer.lots()[:2] == lots


def test_a_lot_by_hand_has_an_external_id_too(importer):
    server = importer.server
    body = {"portfolio_id": importer.portfolio_id, "ticker_symbol": "A", "quantity": 1, "purchase_price": 1}
    body = {**body, "purchase_date": "2020-01-02", "external_id": " x-1 "}
    answer = server.request("POST", "/investments", json=body)
    assert answer[0] == 201 and loads(answer)["external_id"] == "x-1"
    assert problem(server.request("POST", "/investments", json=body), 409, "conflict")["errors"][0]["field"] == "external_id"
    for wrong in ("", "x" * 129, "\u20ac" * 43, "a\nb", 7):
        assert wrong_fields(server.request("POST", "/investments", json={**body, "external_id": wrong})) == {
            "external_id": "invalid_field"
        }
    path = f"/investments/{loads(answer)['investment_id']}"
    del body["external_id"], body["portfolio_id"]
    assert server.json("PUT", path, body)["external_id"] == "x-1", "an edit keeps it"
    assert server.json("PUT", path, {**body, "external_id": "y"})["external_id"] == "y"
    other = server.json("POST", "/investments", {**body, "portfolio_id": importer.portfolio_id})["investment_id"]
    problem(server.request("PUT", f"/investments/{other}", json={**body, "external_id": "y"}), 409, "conflict")
    assert statuses(importer.take("external_id," + HEADER + "y,A,1,1,2020-01-02\n")) == ["duplicate"]


def test_every_error_has_its_row_and_column(importer):
    text = (
        b"ticker_symbol,quantity,purchase_price,purchase_date,fee,fx_rate,external_id\n"
        b"AAPL,1,10,2020-01-02,,,\n"
        b"$,0,-1,2020-02-30,-1,0," + b"x" * 129 + b"\n"
        b",,,,,,\n"
        b"AAPL,1e3,0.000000001,9999-12-31,90000000001,x,a\x07\n"
        b"AAPL,1,10\n"
        b"AAPL,1,10,2020-01-02,,,\xff\n"
        b'AAPL,1,10,2020-01-02,,,"x"y\n'
        b"AAPL,+1,1.,2020-1-2,.5,1_0,\n"
    )
    fields = ("ticker_symbol", "quantity", "purchase_price", "purchase_date")
    more = ("fee", "fx_rate", "external_id")
    assert importer.errors(text) == (
        [(3, field, "invalid_field") for field in fields + more]
        + [(4, field, "missing_field") for field in fields]
        + [(5, field, "invalid_field") for field in fields[1:] + more]
        + [(6, "row", "invalid_field"), (7, "row", "invalid_field"), (8, "row", "invalid_field")]
        + [(9, field, "invalid_field") for field in fields[1:] + more[:2]]
    )
    assert importer.lots() == [] and importer.version == 1


@pytest.mark.parametrize(
    "text, errors",
    [
        ("", [(1, "row", "invalid_field")]),
        ("\n\n", [(1, "row", "invalid_field")]),
        (b"\xff\n", [(1, "row", "invalid_field")]),
        ('"open\n', [(1, "row", "invalid_field")]),
        (
            "symbol,quantity,Quantity,purchase_price\n",
            [(1, "symbol", "invalid_field"), (1, "Quantity", "invalid_field")]
            + [(1, "ticker_symbol", "missing_field"), (1, "purchase_date", "missing_field")],
        ),
        (HEADER.replace("\n", ",currency,note\n"), [(1, "currency", "invalid_field"), (1, "note", "invalid_field")]),
        ("{}", [(1, "{}", "invalid_field")] + [(1, name, "missing_field") for name in HEADER.strip().split(",")]),
    ],
)
def test_wrong_columns_are_named(importer, text, errors):
    assert sorted(importer.errors(text)) == sorted(errors)
    answer = importer.send(text, "?dry_run=true")
    assert answer[0] == 422, "there are no rows to tell of"


def test_only_so_many_errors_are_listed(importer):
    document = problem(importer.send(HEADER + "A,0,1,2020-01-02\n" * 1200), 422, "invalid_field")
    assert (len(document["errors"]), document["errors_n"]) == (1000, 1200)
    assert "1200" in document["detail"]


def test_a_file_of_columns_only_imports_nothing(importer):
    answer = importer.take(HEADER)
    assert answer["rows"] == [] and importer.version == 1


def test_a_position_past_its_bound_is_an_error_of_its_row(importer):
    importer.take(HEADER + "A,89999999999,0,2020-01-02\n")
    rows = "A,0.5,0,2020-01-02\nA,0.5,0,2020-01-03\nB,90000000000,0,2020-01-02\nA,0.00000001,0,2020-01-02\n"
    assert importer.errors(HEADER + rows + "B,1,0,2020-01-04\n") == [
        (5, "quantity", "invalid_field"),
        (6, "quantity", "invalid_field"),
    ]
    assert importer.take(HEADER + rows.replace("A,0.00000001,0,2020-01-02\n", ""))["created"] == 3


def test_a_rate_where_none_is_needed_is_an_error_of_its_row(importer, postgres):
    postgres.execute("INSERT INTO assets (ticker_symbol, currency) VALUES ('US', 'USD'), ('CH', 'CHF')")
    header = "fx_rate," + HEADER
    rows = ["0.9,US,1,1,2020-01-02\n", "1,US,1,1,2020-01-02\n", ",US,1,1,2020-01-02\n", "0.9,CH,1,1,2020-01-02\n"]
    assert importer.errors(header + "".join(rows) + "0.9,NEW,1,1,2020-01-02\n") == [(2, "fx_rate", "invalid_field")]
    assert importer.take(header + "".join(rows[1:]) + "0.9,NEW,1,1,2020-01-02\n")["created"] == 4
    assert [lot.get("fx_rate") for lot in importer.lots()] == [1, None, Decimal("0.9"), Decimal("0.9")]


def test_a_dry_run_tells_and_writes_nothing(importer):
    header = "external_id," + HEADER
    importer.take(header + "a,AAPL,1,10,2020-01-02\n")
    text = header + "a,AAPL,1,10,2020-01-02\nb,NEW,1,10,2020-01-02\nb,NEW,1,10,2020-01-02\nc,NEW,0,10,2020-01-02\n"
    answer = importer.take(text, "?dry_run=true")
    assert statuses(answer) == ["duplicate", "created", "duplicate", "error"]
    assert (answer["dry_run"], answer["created"], answer["duplicates"], answer["wrong"]) == (True, 1, 2, 1)
    assert ["investment_id" in row for row in answer["rows"]] == [True, False, False, False]
    assert [(error["row"], error["field"]) for error in answer["errors"]] == [(5, "quantity")]
    assert importer.version == 2 and len(importer.lots()) == 1
    problem(importer.server.request("GET", "/assets/NEW"), 404, "not_found")
    assert wrong_fields(importer.send(text, "?dry_run=maybe")) == {"dry_run": "invalid_field"}
    assert importer.take(text.rsplit("c,", 1)[0], "?dry_run=false")["created"] == 1


def test_what_is_no_csv_or_no_portfolio_is_refused(importer):
    row = "A,1,1,2020-01-02\n"
    for media in ("application/json", "text/plain", "text/csvx", "text/csv; charset=latin1", ""):
        problem(importer.send(HEADER + row, media=media), 415, "unsupported_media_type")
    importer.take(HEADER + row, media="Text/CSV; charset=UTF-8; header=present")
    for portfolio_id in (UNKNOWN, "7"):
        problem(Importer(importer.server, portfolio_id).send(HEADER + row), 404, "not_found")
        problem(Importer(importer.server, portfolio_id).send(HEADER + "A,0,1,2020-01-02\n"), 404, "not_found")
    problem(importer.server.request("GET", importer.path), 405, "method_not_allowed")


def test_its_body_may_be_larger_than_others(start_server):
    server = start_server(MAX_BODY_BYTES=1000, MAX_IMPORT_BYTES=5000)
    importer = Importer(server)
    rows = "A,1,1,2020-01-02\n"
    assert importer.take(HEADER + rows * 200)["created"] == 200
    document = problem(importer.send(HEADER + rows * 300), 413, "too_large")
    assert "5000" in document["detail"]
    answer = server.request("POST", "/investments", body="x" * 1001, headers={"Content-Type": "application/json"})
    assert "1000" in problem(answer, 413, "too_large")["detail"]
    # Many at once: all done or told to come back, and the count goes down again.
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: Importer(server, importer.portfolio_id).send(HEADER + rows * 200)[0], range(48)))
    assert set(answers) <= {200, 503} and 200 in answers
    assert all(importer.take(HEADER + rows * 200)["created"] == 0 for _ in range(10))


def test_too_many_rows_are_refused(importer):
    rows = "".join(f"A,1,{n},2020-01-02\n" for n in range(50001))
    document = problem(importer.send(HEADER + rows), 422, "invalid_field")
    assert [(error["row"], error["field"]) for error in document["errors"]] == [(50002, "row")]


def test_ten_thousand_rows_are_one_version(importer):
    rows = "".join(f"S{n % 500},{n}.5,{n},2020-01-02,{n}\n" for n in range(1, 10001))
    text = HEADER.replace("\n", ",external_id\n") + rows
    assert importer.take(text)["created"] == 10000
    assert importer.version == 2
    assert importer.take(text)["duplicates"] == 10000
    summary = importer.server.json("GET", f"/portfolios/{importer.portfolio_id}/investments/summary")
    assert (summary["investments_n"], summary["positions_n"]) == (10000, 500)
    page = importer.lots()
    assert [lot["external_id"] for lot in page] == [str(n) for n in range(1, 1001)]


def test_a_large_import_is_readable_before_the_planner_knows_of_it(importer, postgres):
    """500 tickers x 20,000 lots compared one by one would take longer than a statement may."""
    for table in ("investments", "position_versions"):
        postgres.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        postgres.execute(f"ANALYZE {table}")
    text = HEADER + "".join(f"S{n % 500},{n}.5,{n},2020-01-02\n" for n in range(1, 20001))
    assert importer.take(text)["created"] == 20000
    valuation = importer.server.json("GET", f"/portfolios/{importer.portfolio_id}/valuation")
    assert len(valuation["data"]["positions"]) == 500
    assert importer.take(text)["duplicates"] == 20000


def test_imports_at_once_double_nothing(importer):
    text = HEADER + "".join(f"S{n % 7},1,{n % 50},2020-01-02\n" for n in range(400))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: Importer(importer.server, importer.portfolio_id).take(text), range(4)))
    assert sorted(answer["created"] for answer in answers) == [0, 0, 0, 400]
    assert importer.version == 2 and len(importer.lots()) == 400


def test_a_key_makes_an_import_safe_to_send_again(importer):
    text = HEADER + "A,1,1,2020-01-02\n"
    first = importer.send(text, Idempotency_Key="import-1")
    importer.server.request("DELETE", f"/investments/{loads(first)['rows'][0]['investment_id']}")
    again = importer.send(text, Idempotency_Key="import-1")
    assert again[2] == first[2] and again[1]["idempotency-replayed"] == "true"
    assert importer.lots() == [], "it was not done again"
    problem(importer.send(text + "\n", Idempotency_Key="import-1"), 409, "conflict")
    # What was refused wrote nothing, and leaves the key free.
    problem(importer.send(HEADER + "A,0,1,2020-01-02\n", Idempotency_Key="import-2"), 422, "invalid_field")
    assert loads(importer.send(text, Idempotency_Key="import-2"))["created"] == 1


def test_an_import_that_loses_its_database_writes_all_or_nothing(importer, postgres):
    text = HEADER + "".join(f"S{n},1,{n},2020-01-02\n" for n in range(2000))
    blocker = postgres.cluster._connect(postgres.name)  # pylint: disable=protected-access
    blocker.autocommit = False
    with blocker.cursor() as cursor:
        cursor.execute("SELECT 1 FROM portfolios FOR UPDATE")
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(importer.send, text)
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            wait_until(lambda: postgres.execute(waits) == [(1,)], what="the import to wait for the portfolio")
            postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            blocker.rollback()
            assert answer.result()[0] in (200, 503)
    blocker.close()
    wait_until(lambda: importer.send(text)[0] == 200, what="an import that is taken")
    assert postgres.execute("SELECT count(*) FROM investments") == [(2000,)]
