"""REST: gzip for clients that accept it."""

import gzip

import pytest

from support.rest import lot_body, tag

GZIP = {"Accept-Encoding": "gzip"}


def is_gzipped(answer):
    return answer[1].get("content-encoding") == "gzip"


def unpacked(answer):
    assert is_gzipped(answer) and answer[1]["vary"] == "Accept-Encoding"
    assert int(answer[1]["content-length"]) == len(answer[2])
    return gzip.decompress(answer[2])


@pytest.fixture
def customer(server):
    """Of more than a kibibyte."""
    body = {"name": "Ada", "email": "ada@example.com", "address": "x" * 1000}
    return server.request("POST", "/customers", json=body)[1]["location"]


def fill(postgres, portfolio_id, count):
    postgres.execute(
        "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, purchase_date)"
        " SELECT %s, 'AAPL', n, 1, '2020-01-01' FROM generate_series(1, %s) n",
        portfolio_id,
        count,
    )


@pytest.mark.threads
@pytest.mark.parametrize("count", [100, 1000])
def test_a_list_is_the_same_gzipped(start_server, postgres, count):
    """A small one is packed on the loop, a large one by a worker."""
    server = start_server(LOOPS=2)
    portfolio_id = server.create_portfolio()
    server.create_investment(portfolio_id, "AAPL", 1, 1)
    fill(postgres, portfolio_id, count - 1)
    path = "/investments?limit=1000"
    plain = server.request("GET", path)
    packed = server.request("GET", path, headers=GZIP)
    assert (count > 200) is (len(plain[2]) > 65536)
    assert not is_gzipped(plain) and plain[1]["vary"] == "Accept-Encoding"
    assert unpacked(packed) == plain[2] and len(packed[2]) < len(plain[2]) / 3
    head = server.request("HEAD", path, headers=GZIP)
    names = ("content-length", "content-encoding", "content-type", "vary")
    assert [head[1].get(name) for name in names] == [packed[1].get(name) for name in names] and head[2] == b""
    assert server.metric("pf_http_gzipped_total") == 2


@pytest.mark.parametrize("accept", ["", "identity", "gzip;q=0", "br, *;q=0", "identity, gzip;q=0.5"])
def test_who_does_not_accept_it_does_not_get_it(server, customer, accept):
    answer = server.request("GET", customer, headers={"Accept-Encoding": accept})
    assert not is_gzipped(answer) and answer[2].startswith(b"{")


def test_what_is_small_stays_as_it_is(server):
    answer = server.request("GET", f"/customers/{server.create_customer()}", headers=GZIP)
    assert not is_gzipped(answer) and "vary" not in answer[1]


def test_an_etag_of_either_form_stands_for_the_state(server, customer):
    plain = tag(server.request("GET", customer))
    packed = tag(server.request("GET", customer, headers=GZIP))
    assert packed == plain[:-1] + '-gzip"'
    for known in (plain, packed, f"W/{packed}"):
        status, headers, body = server.request("GET", customer, headers={**GZIP, "If-None-Match": known})
        assert (status, body) == (304, b"") and headers["etag"] == known.removeprefix("W/")
        assert "content-encoding" not in headers
    change = {"name": "Ada", "email": "ada@example.com", "address": "y" * 1000}
    changed = server.request("PUT", customer, json=change, headers={"If-Match": packed, **GZIP})
    assert changed[0] == 200 and b"yyy" in unpacked(changed)
    assert server.request("PUT", customer, json=change, headers={"If-Match": packed})[0] == 412
    assert server.request("DELETE", customer, headers={"If-Match": tag(changed)})[0] == 204


def test_a_304_tells_what_the_200_would(server, customer):
    """Vary, and a tag of a form that the client takes: the gzipped one is not worth a 304 to one who does not."""
    server.create_investment(portfolio_id := server.create_portfolio(), "AAPL", 1, 1)
    for number in range(12):
        server.create_investment(portfolio_id, f"S{number}", 1, 1)
    for path in (customer, "/openapi.json", f"/portfolios/{portfolio_id}/valuation"):
        plain, packed = server.request("GET", path), server.request("GET", path, headers=GZIP)
        assert packed[1]["etag"] == plain[1]["etag"][:-1] + '-gzip"'
        for known, accept, status, etag in (
            (tag(plain), {}, 304, tag(plain)),
            (tag(packed), {}, 200, tag(plain)),
            (f"{tag(plain)}, {tag(packed)}", {}, 304, tag(plain)),
            (tag(packed), GZIP, 304, tag(packed)),
            ("*", {}, 304, tag(plain)),
            ("*", GZIP, 304, tag(packed)),
        ):
            answer = server.request("GET", path, headers={**accept, "If-None-Match": known})
            assert (answer[0], answer[1]["etag"], answer[1]["vary"]) == (status, etag, "Accept-Encoding"), (path, known)


def test_a_valuation_and_a_repeated_answer(server, postgres):
    portfolio_id = server.create_portfolio()
    for number in range(12):
        server.create_investment(portfolio_id, f"S{number}", 1, 1)
    path = f"/portfolios/{portfolio_id}/valuation"
    assert b'"S11"' in unpacked(server.request("GET", path, headers=GZIP))
    body = {"name": "Ada", "email": "ada@example.com", "address": "x" * 1000}
    answers = [server.request("POST", "/customers", json=body, headers={"Idempotency-Key": "k", **GZIP}) for _ in range(2)]
    assert unpacked(answers[0]) == unpacked(answers[1])


def test_problems_and_documents(server):
    answer = server.request("GET", "/openapi.json", headers=GZIP)
    assert unpacked(answer) == server.request("GET", "/openapi.json")[2] and len(answer[2]) < 30_000
    assert unpacked(server.request("GET", "/metrics", headers=GZIP)).startswith(b"# HELP")
    wrong = lot_body("x", ticker_symbol="?" * 33, quantity=-1, purchase_price=-1, purchase_date="x", fee="x" * 300)
    status, headers, body = server.request("POST", "/investments", json=wrong, headers=GZIP)
    assert status == 422 and headers["content-type"] == "application/problem+json"
    assert (gzip.decompress(body) if "content-encoding" in headers else body).startswith(b"{")


def test_the_pages_files(start_server, tmp_path):
    (tmp_path / "index.html").write_text("<p>" + "word " * 500)
    server = start_server(STATIC_DIR=tmp_path)
    plain, packed = server.request("GET", "/"), server.request("GET", "/", headers=GZIP)
    assert unpacked(packed) == plain[2] and packed[1]["etag"] != plain[1]["etag"]
    for answer in (plain, packed):
        assert server.request("GET", "/", headers={**GZIP, "If-None-Match": answer[1]["etag"]})[0] == 304
