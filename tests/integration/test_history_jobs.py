"""Jobs that fetch history, as far as they are asked for and told about."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.rest import UNKNOWN, loads, problem, wrong_fields
from support.server import run_program
from support.waiting import wait_until

TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def populate(server, **changes):
    body = {"symbols": ["AAPL", "MSFT"], "from": "2020-01-02", "to": "2020-01-31", **changes}
    return server.request("POST", "/stocks/populate", {name: value for name, value in body.items() if value is not ...})


def test_a_job_is_accepted_and_told_about(server):
    answer = populate(server, symbols=["msft", "AAPL", "MSFT"])
    status, headers, _ = answer
    job = loads(answer)
    assert status == 202 and headers["location"] == f"/jobs/{job['job_id']}"
    assert "etag" not in headers and "finished_at" not in job
    assert (job["kind"], job["status"], job["from"], job["to"]) == ("POPULATE", "WAITING", "2020-01-02", "2020-01-31")
    # 21 sessions: without the holiday of Martin Luther King, for two symbols.
    assert (job["rows_done"], job["rows_expected"]) == (0, 42)
    assert (job["symbols_total"], job["symbols_open"], job["symbols_failed"]) == (2, 2, 0)


def test_without_a_provider_a_job_ends_and_says_why(server):
    path = populate(server)[1]["location"]
    wait_until(lambda: server.json("GET", path)["status"] == "FAILED", what="the job's end")
    job = server.json("GET", path)
    assert (job["symbols_open"], job["symbols_failed"], "finished_at" in job) == (0, 2, True)
    assert [symbol["ticker_symbol"] for symbol in job["symbols"]] == ["AAPL", "MSFT"]
    assert job["symbols"][0] == {
        "ticker_symbol": "AAPL",
        "status": "FAILED",
        "rows_done": 0,
        "rows_expected": 21,
        "error": {"code": "no_provider", "detail": "No provider has this symbol's history"},
    }


def test_the_symbols_become_assets(server):
    assert populate(server, symbols=["NEWONE"])[0] == 202
    assert server.json("GET", "/assets/NEWONE")["ticker_symbol"] == "NEWONE"


def test_without_an_end_the_last_closed_session_counts(server):
    job = loads(populate(server, to=...))
    end = datetime.date.fromisoformat(job["to"])
    assert end.weekday() < 5 and TODAY - datetime.timedelta(days=6) < end <= TODAY


def test_all_wrong_fields_are_named(server):
    assert wrong_fields(populate(server, symbols=["A A", "OK"], **{"from": "2020-1-1"}, to="soon")) == {
        "symbols[0]": "invalid_field",
        "from": "invalid_field",
        "to": "invalid_field",
    }
    assert wrong_fields(populate(server, symbols=..., **{"from": ...})) == {
        "symbols": "missing_field",
        "from": "missing_field",
    }


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"symbols": []}, "symbols"),
        ({"symbols": [f"S{i}" for i in range(1001)]}, "symbols"),
        ({"from": "1899-12-31"}, "from"),
        ({"to": (TODAY + datetime.timedelta(days=2)).isoformat()}, "to"),
        ({"from": "2020-02-01"}, "to"),
        ({"from": (TODAY + datetime.timedelta(days=1)).isoformat(), "to": ...}, "from"),
    ],
)
def test_what_cannot_be_fetched_is_refused(server, changes, field):
    assert wrong_fields(populate(server, **changes)) == {field: "invalid_field"}


def test_the_same_key_is_the_same_job(server):
    body = {"symbols": ["AAPL"], "from": "2020-01-02", "to": "2020-01-31"}
    headers = {"Idempotency-Key": "populate-1"}
    first = server.request("POST", "/stocks/populate", body, headers=headers)
    second = server.request("POST", "/stocks/populate", body, headers=headers)
    assert first[0] == second[0] == 202 and first[2] == second[2]
    assert second[1]["location"] == first[1]["location"]


def test_an_unknown_job_is_not_found(server):
    problem(server.request("GET", f"/jobs/{UNKNOWN}"), 404, "not_found")
    problem(server.request("GET", "/jobs/7"), 404, "not_found")


def test_a_wrong_closing_time_stops_the_start(postgres):
    for name, value in (("CLOSE_TIME", "25:00"), ("MARKET_CLOSED_DATES", "2025-13-01")):
        done = run_program("check-config", settings={"DATABASE_URL": postgres.url, name: value})
        assert done.returncode == 1 and name in done.stderr and value in done.stderr


# --- how many there may be ---


def test_open_jobs_are_bounded_whoever_comes_at_once(start_server, postgres):
    # They wait for one another, each for as long as it takes.
    servers = [start_server(HISTORY_JOBS_MAX=5, STATEMENT_TIMEOUT_MS=60000) for _ in range(2)]
    # Open for a while yet: what they are about comes tomorrow.
    postgres.execute(
        "CREATE FUNCTION wait_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " NEW.retry_at := now() + interval '1 day'; RETURN NEW; END $$;"
        "CREATE TRIGGER wait_long BEFORE INSERT ON job_symbols FOR EACH ROW EXECUTE FUNCTION wait_long()"
    )
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: populate(servers[n % 2], symbols=[f"S{n}"]), range(16)))
    assert sorted(status for status, _, _ in answers) == [202] * 5 + [429] * 11
    assert postgres.execute("SELECT count(*) FROM jobs") == [(5,)]
    refused = next(answer for answer in answers if answer[0] == 429)
    assert "5 history jobs are open" in problem(refused, 429, "limit_exceeded")["detail"]
    assert int(refused[1]["retry-after"]) >= 1
    assert sum(server.metric("pf_history_jobs_refused_total") for server in servers) == 11
    # Nothing was written for them, not even their key: it is good when one is done.
    key = {"Idempotency-Key": "one"}
    body = {"symbols": ["LATE"], "from": "2020-01-02", "to": "2020-01-31"}
    problem(servers[0].request("POST", "/stocks/populate", body, headers=key), 429, "limit_exceeded")
    assert servers[0].request("GET", "/assets/LATE")[0] == 404
    postgres.execute("UPDATE jobs SET finished_at = now() WHERE job_id = (SELECT job_id FROM jobs LIMIT 1)")
    assert servers[0].request("POST", "/stocks/populate", body, headers=key)[0] == 202
    # A session's close is none of them.
    postgres.execute("INSERT INTO jobs (kind, from_date, to_date) VALUES ('CLOSE', '2020-01-02', '2020-01-02')")
    postgres.execute("UPDATE jobs SET finished_at = now() WHERE kind = 'POPULATE'")
    assert [populate(servers[1], symbols=[f"T{n}"])[0] for n in range(6)] == [202] * 5 + [429]


def test_a_jobs_symbols_are_bounded(server):
    assert wrong_fields(populate(server, symbols=[f"S{n}" for n in range(1001)])) == {"symbols": "invalid_field"}
    job = loads(populate(server, symbols=[f"S{n}" for n in range(1000)]))
    assert job["symbols_total"] == 1000


# --- finding them ---


def test_jobs_are_listed(server, postgres):
    assert server.json("GET", "/jobs", expect=200) == {"items": []}
    ids = [loads(populate(server, symbols=["AAPL", f"S{n}"]))["job_id"] for n in range(5)]
    for job_id in ids:
        wait_until(lambda job_id=job_id: "finished_at" in server.json("GET", f"/jobs/{job_id}"), what="its end")
    postgres.execute("UPDATE jobs SET finished_at = NULL WHERE job_id = ANY (%s::uuid[])", ids[:2])
    postgres.execute("INSERT INTO jobs (kind, from_date, to_date) VALUES ('CLOSE', '2020-01-02', '2020-01-02')")

    def listed(query=""):
        seen, cursor = [], ""
        while True:
            page = server.json("GET", f"/jobs?limit=2&{query}{cursor}", expect=200)
            seen += page["items"]
            assert len(page["items"]) <= 2
            if "next_cursor" not in page:
                return seen
            cursor = f"&cursor={page['next_cursor']}"

    whole = listed()
    assert [job["job_id"] for job in whole][:5] == ids and whole[5]["kind"] == "CLOSE"
    # The same as each by itself, but for the symbols.
    alone = server.json("GET", f"/jobs/{ids[3]}")
    del alone["symbols"]
    assert whole[3] == alone and alone["symbols_total"] == 2
    assert [job["job_id"] for job in listed("sort=-created_at")][1:] == ids[::-1]
    assert [job["job_id"] for job in listed("open=true")] == [*ids[:2], whole[5]["job_id"]]
    assert [job["job_id"] for job in listed("open=false&kind=POPULATE")] == ids[2:]
    answer = server.request("GET", "/jobs?limit=0&sort=kind&open=maybe&kind=populate&cursor=x")
    assert set(wrong_fields(answer)) == {"limit", "sort", "open", "kind", "cursor"}
