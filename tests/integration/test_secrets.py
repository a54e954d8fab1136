"""Secrets: from files, and in nothing that is printed, logged or answered."""

import itertools
import re

import pytest

from support.server import run_program
from support.waiting import wait_until

MARK = "hush7Q"  # part of every secret here, and of nothing else
_HELP = run_program("serve", "--help").stdout
SECRETS = sorted(set(re.findall(r"\b([A-Z0-9_]+)_FILE\b", _HELP.partition("NAME_FILE names one")[2])))


def check_config(**settings):
    return run_program("check-config", settings={"AUTH": "off", **settings})


def secret_settings():
    """A recognisable one for every secret that serve --help knows."""
    numbers = itertools.count(1)
    return {name: f"{MARK}-{next(numbers):032d}" for name in SECRETS if not name.endswith("_URL")}


def test_every_secret_is_among_them():
    assert {"DATABASE_URL", "REDIS_URL", "FINNHUB_API_KEY"} <= set(SECRETS)
    for name in re.findall(r"^  ([A-Z0-9_]+) +environment, or a file", _HELP, re.M):
        assert name in SECRETS


# --- files ---


def test_urls_and_keys_from_files(start_server, postgres, redis_server, tmp_path):
    files = {}
    for name, text in (
        ("DATABASE_URL", postgres.url + "\n"),
        ("REDIS_URL", redis_server.url + "\r\n"),
        ("FINNHUB_API_KEY", "key-of-the-vendor"),
    ):
        (tmp_path / name).write_text(text)
        files[name + "_FILE"] = str(tmp_path / name)
    server = start_server(DATABASE_URL=None, REDIS_URL=None, **files)
    wait_until(lambda: server.health()["status"] == "ok")
    assert server.create_portfolio()
    server.settings["REDIS_URL"] = redis_server.url
    server.publish("AAPL=3")
    wait_until(lambda: server.json("GET", "/assets/AAPL/price")["price"] == 3)


def test_files_that_do_not_serve(tmp_path):
    good = tmp_path / "good"
    good.write_text(MARK)
    empty, large, binary = tmp_path / "empty", tmp_path / "large", tmp_path / "binary"
    empty.write_text("\n")
    large.write_text(MARK * 10000)
    binary.write_bytes(MARK.encode() + b"\0x")
    for name in SECRETS:
        setting = {name + "_FILE": str(good)}
        both = check_config(**setting, **{name: "redis://x" if name == "REDIS_URL" else "dbname=x"})
        assert both.returncode != 0 and f"{name} and {name}_FILE are both given" in both.stderr
        for path, why in (
            (tmp_path / "none", "No such file"),
            (tmp_path, "directory"),
            (empty, "empty"),
            (large, "larger"),
            (binary, "not a text"),
        ):
            done = check_config(**{name + "_FILE": str(path)})
            assert done.returncode != 0 and f"{name}_FILE: {path}: " in done.stderr and why in done.stderr
            assert MARK not in done.stderr + done.stdout
    done = run_program("check-config", "--database-url", "dbname=x", settings={"DATABASE_URL_FILE": str(good)})
    assert done.returncode != 0 and "both given" in done.stderr


def test_a_secret_is_no_flag():
    for name in SECRETS:
        if not name.endswith("_URL"):
            done = run_program("check-config", f"--{name.lower().replace('_', '-')}={MARK}")
            assert done.returncode != 0 and MARK not in done.stderr + done.stdout


# --- nowhere to be seen ---


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://user:{MARK}@localhost:notaport/x",
        f"postgresql://user:{MARK}@localhost/x?nonsense={MARK}",
        f"postgresql://user:{MARK}/more@localhost/x",
        f"postgresql://user:{MARK}%zz@localhost/x",
        f"postgresql://user:{MARK}@[::1/x",
        f"mysql://user:{MARK}@localhost/x",
        f"postgresql//user:{MARK}@localhost/x",
        f"host=localhost password='{MARK}",
        f"host=localhost password={MARK} {MARK}",
        f"host=localhost passwort={MARK}",
    ],
)
def test_a_database_url_that_cannot_be_read(url):
    for command in ("check-config", "serve", "migrate"):
        done = run_program(command, settings={"DATABASE_URL": url, "AUTH": "off", "PORT": 0})
        assert done.returncode != 0 and "DATABASE_URL" in done.stderr
        assert MARK not in done.stderr + done.stdout
    done = run_program(command, url, settings={"AUTH": "off"})
    assert done.returncode != 0 and MARK not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "url", [f"rediss://:{MARK}@localhost", f"redis://{MARK}@localhost", f"redis://:{MARK}@localhost:x", f"http://{MARK}"]
)
def test_a_redis_url_that_cannot_be_read(url):
    for command in ("check-config", "serve"):
        done = run_program(command, settings={"REDIS_URL": url, "DATABASE_URL": "dbname=x", "AUTH": "off", "PORT": 0})
        assert done.returncode != 0 and "REDIS_URL" in done.stderr
        assert MARK not in done.stderr + done.stdout
    done = run_program("publish", "AAPL=1", settings={"REDIS_URL": url})
    assert done.returncode != 0 and MARK not in done.stderr + done.stdout


def everything_told(server):
    told = []
    for path in ("/metrics", "/health", "/providers", "/nowhere", "/assets/AAPL/price", "/customers?limit=x", "/jobs"):
        _, headers, body = server.request("GET", path)
        told += [str(headers), body.decode()]
    told.append(server.request("POST", "/customers", body="{", headers={"Content-Type": "application/json"})[2].decode())
    told.append(server.request("POST", "/stocks/populate", json={"symbols": ["AAPL"]})[2].decode())
    return told


@pytest.mark.parametrize("is_away", [False, True])
def test_no_secret_is_told(start_server, postgres, redis_server, is_away):
    secrets = secret_settings()
    database = f"{postgres.url}&password={MARK}-database"
    if is_away:
        database = f"postgresql://portfolio:{MARK}-database@127.0.0.1:1/none"
    redis_server.client.config_set("requirepass", f"{MARK}-redis")
    redis = redis_server.tcp_url.replace("redis://", f"redis://:{MARK}-{'wrong' if is_away else 'redis'}@")
    server = start_server(
        DATABASE_URL=database,
        REDIS_URL=redis,
        LOG_LEVEL="debug",
        PROVIDERS="finnhub,polygon,alphavantage",
        FINNHUB_URL="http://127.0.0.1:1",
        POLYGON_URL="http://127.0.0.1:1",
        ALPHAVANTAGE_URL="http://127.0.0.1:1",
        **secrets,
    )
    server.is_judged = False
    if not is_away:
        portfolio_id = server.create_portfolio()
        server.create_investment(portfolio_id, "AAPL", "1", "1")
    told = everything_told(server)
    for event in ("postgresql.unavailable", "redis.disconnected") if is_away else ("breaker.opened", "request.failed"):
        server.wait_for_log(event)
    told += everything_told(server)
    server.stop()
    told.append(server.log)
    assert not [text for text in told if MARK in text]
