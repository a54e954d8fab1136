"""Web pages of other hosts: which may connect to the stream, and which are shown REST's answers."""

import json

import pytest

from support import ways_in
from support.rest import problem
from support.server import run_program

LISTED = "https://app.example.com,http://localhost:3000"
APP = "https://app.example.com"


@pytest.fixture(name="server", params=["off", "on"])
def server_with_origins(request, start_server):
    return start_server(AUTH=request.param, ORIGINS=LISTED)


# --- the stream ---


@pytest.mark.parametrize("origin", [None, APP, "http://localhost:3000", "HTTPS://APP.EXAMPLE.COM:443"])
def test_pages_that_may_connect(server, connect, origin):
    assert connect(server, headers={"Origin": origin}).welcome["type"] == "welcome"


def test_the_servers_own_pages_may_connect(server, start_server, connect):
    own = {"Origin": server.url}
    assert connect(server, headers=own).welcome["type"] == "welcome"
    unlisted = start_server(ORIGINS="")
    assert connect(unlisted, headers={"Origin": unlisted.url}).welcome["type"] == "welcome"
    refused_everywhere(unlisted, APP)


def test_a_name_for_this_machine_that_is_anothers(start_server, connect):
    """A page of evil.example whose name leads here is not taken for our own where nobody is asked who it is."""
    named = {"Origin": "https://portfolio.example", "Host": "portfolio.example"}
    assert ways_in.refused(start_server(AUTH="off"), headers=named)[0] == 421
    assert connect(start_server(AUTH="on"), headers=named).welcome["auth_required"] is True


def refused_everywhere(server, origin):
    """Before any credential is looked at."""
    for more in ({}, {"Authorization": "Bearer nonsense"}):
        status, head, body = ways_in.refused(server, headers={"Origin": origin, **more})
        assert status == 403, (origin, status)
        assert json.loads(body)["code"] == "forbidden"
        assert "access-control-allow-origin" not in head


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://evil.example/https://app.example.com",
        "https://app.example.com/",
        "http://localhost:30001",
        "http://localhost",
        "garbage",
        "x" * 4000,
    ],
)
def test_pages_that_may_not_connect(server, origin):
    refused_everywhere(server, origin)


def test_null_only_when_it_is_listed(start_server, connect):
    server = start_server(ORIGINS="null")
    assert connect(server, headers={"Origin": "null"}).welcome["type"] == "welcome"
    refused_everywhere(server, APP)


# --- REST ---


def ask(server, method, path, origin=None, **headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if origin:
        fields["Origin"] = origin
    status, got, _ = server.request(method, path, headers=fields)
    return status, {name: value for name, value in got.items() if name.startswith("access-control") or name == "vary"}


def test_a_listed_page_is_shown_answers(server):
    for path, status in (("/openapi.json", 200), ("/nothing", 404), ("/portfolios", None)):
        got, fields = ask(server, "GET", path, APP)
        assert status is None or got == status
        assert fields["access-control-allow-origin"] == APP
        exposed = {name.strip().lower() for name in fields["access-control-expose-headers"].split(",")}
        assert exposed >= {"etag", "location", "x-request-id", "retry-after", "ratelimit-limit", "ratelimit-remaining"}
        assert "access-control-allow-credentials" not in fields
        assert "Origin" in fields["vary"]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "https://app.example.com.evil.example"])
def test_others_are_shown_nothing(server, origin):
    status, fields = ask(server, "GET", "/openapi.json", origin)
    assert status == (403 if origin and server.settings["AUTH"] == "off" else 200)
    assert set(fields) == {"vary"} and "Origin" in fields["vary"]


# --- where nobody is asked who it is ---

HERE = ("localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "[::1]")
NOT_HERE = (
    "evil.example", "localhost.evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.evil.example", "x",
    "localhost.", "10.0.0.1", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "169.254.169.254", "localhost:x", "2130706433",
)  # fmt: skip
REBOUND = (("GET", "/customers"), ("GET", "/health"), ("GET", "/index.html"), ("GET", "/nothing"), ("OPTIONS", "/customers"),
           ("POST", "/stocks/populate"), ("PATCH", "/customers"))  # fmt: skip


def test_a_name_that_was_made_to_lead_here_reads_nothing(start_server, tmp_path):
    """DNS rebinding: the page's own name, and so its own Origin, with our address behind it."""
    (tmp_path / "index.html").write_text("hello")
    server = start_server(AUTH="off", STATIC_DIR=tmp_path)
    for name in NOT_HERE:
        for method, path in REBOUND:
            for more in ({}, {"Origin": f"http://{name}"}):
                answer = server.request(method, path, headers={"Host": name, **more})
                assert problem(answer, 421, "forbidden"), (name, method, path)
        assert ways_in.refused(server, headers={"Host": name})[0] == 421
    for name in HERE:
        for port in ("", ":1", f":{server.port}"):
            assert server.request("GET", "/customers", headers={"Host": name + port})[0] == 200
            own = {"Host": name + port, "Origin": f"http://{name}{port}"}
            assert server.request("GET", "/index.html", headers=own)[0] == 200
    assert server.metric("pf_pages_refused_total") >= len(NOT_HERE)


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://localhost:1", "http://127.0.0.1", "garbage"])
def test_a_foreign_page_does_nothing(start_server, origin):
    """Not what a browser sends without asking first, either."""
    server = start_server(AUTH="off", ORIGINS=APP)
    for method, path in REBOUND:
        answer = server.request(method, path, headers={"Origin": origin, "Content-Type": "text/plain"})
        problem(answer, 403, "forbidden")
    for welcome in (APP, server.url):
        assert server.request("GET", "/customers", headers={"Origin": welcome})[0] == 200


def test_with_authentication_any_name_serves(start_server):
    server = start_server(AUTH="on")
    for headers in ({"Host": "portfolio.example"}, {"Host": "portfolio.example", "Origin": "https://evil.example"}):
        assert server.request("GET", "/openapi.json", headers=headers)[0] == 200
        assert server.request("GET", "/customers", headers=headers)[0] == 401


def test_a_preflight(server):
    status, fields = ask(
        server, "OPTIONS", "/portfolios/x", APP, Access_Control_Request_Method="PUT",
        Access_Control_Request_Headers="authorization,if-match",
    )
    assert status == 204
    assert fields["access-control-allow-origin"] == APP
    methods = {name.strip() for name in fields["access-control-allow-methods"].split(",")}
    assert {"GET", "PUT", "DELETE"} <= methods and "POST" not in methods
    allowed = {name.strip().lower() for name in fields["access-control-allow-headers"].split(",")}
    assert allowed == {"authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id"}
    assert int(fields["access-control-max-age"]) > 0
    assert "Origin" in fields["vary"]
    assert "access-control-allow-credentials" not in fields


def test_a_preflight_of_another_page(server):
    status, fields = ask(server, "OPTIONS", "/portfolios", "https://evil.example", Access_Control_Request_Method="GET")
    assert status == (403 if server.settings["AUTH"] == "off" else 204)
    assert set(fields) == {"vary"}


def test_options_that_is_no_preflight(server):
    status, got, _ = server.request("OPTIONS", "/portfolios", headers={"Origin": APP})
    assert status == 204 and "GET" in got["allow"]
    assert "access-control-allow-methods" not in got
    assert ask(server, "OPTIONS", "/portfolios", None, Access_Control_Request_Method="GET")[0] == 204


def test_without_origins_answers_do_not_depend_on_them(start_server):
    server = start_server(AUTH="on")
    status, fields = ask(server, "GET", "/openapi.json", APP)
    assert status == 200 and fields in ({}, {"vary": "Accept-Encoding"})
    assert ask(server, "OPTIONS", "/openapi.json", APP, Access_Control_Request_Method="GET") == (204, {})


@pytest.mark.parametrize("origins", ["*", "app.example.com", "https://app.example.com/path", "https://*.example.com"])
def test_origins_that_are_none_stop_the_start(portfoliod, postgres, origins):
    del portfoliod
    done = run_program("check-config", settings={"DATABASE_URL": postgres.url, "ORIGINS": origins})
    assert done.returncode != 0
    assert "ORIGINS" in done.stderr
