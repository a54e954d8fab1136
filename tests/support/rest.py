"""What REST tests ask of an answer."""

import re

from support import exact_json

UNKNOWN = "00000000-0000-4000-8000-000000000000"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def problem(answer, status, code):
    """Asserts that an answer is a problem document and returns it."""
    got, headers, body = answer
    assert got == status, body
    assert headers["content-type"] == "application/problem+json"
    document = exact_json.loads_canonical(body.decode())
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(document)
    assert (document["status"], document["code"]) == (status, code)
    assert document["request_id"] == headers["x-request-id"]
    assert document["detail"]
    return document


def wrong_fields(answer, code=None):
    """{field: code} of a 422."""
    status, _, body = answer
    assert status == 422, body
    document = problem(answer, 422, code or exact_json.loads_canonical(body.decode())["code"])
    return {error["field"]: error["code"] for error in document["errors"]}


def tag(answer):
    status, headers, _ = answer
    assert status in (200, 201)
    assert re.fullmatch(r'"[^"]+"', headers["etag"])
    return headers["etag"]


def loads(answer):
    return exact_json.loads_canonical(answer[2].decode())


def lot_body(portfolio_id, /, **changes):
    body = {
        "portfolio_id": portfolio_id,
        "ticker_symbol": "AAPL",
        "quantity": 1,
        "purchase_price": 10,
        "purchase_date": "2020-01-02",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}
