"""portfoliod's commands: what they print, what they refuse, their exit codes."""

import os
import subprocess

import pytest


@pytest.fixture
def run(portfoliod, tmp_path):
    def call(*arguments, **settings):
        environment = {"PATH": os.environ["PATH"], **{name: str(value) for name, value in settings.items()}}
        return subprocess.run(
            [os.path.abspath(portfoliod), *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True,
            timeout=60,
        )

    return call


@pytest.mark.parametrize("arguments", [["help"], ["--help"], ["serve", "--help"], ["migrate", "-h"], ["publish", "--help"]])
def test_help_is_an_answer_not_an_error(run, arguments):
    result = run(*arguments)
    assert result.returncode == 0
    assert "usage" in result.stdout.lower() and result.stderr == ""


def test_help_names_every_setting_with_its_default(run):
    text = run("serve", "--help").stdout
    for setting, default in [("PORT", "8080"), ("HOST", "127.0.0.1"), ("FLUSH_MS", "50"), ("MAX_RATE", "20"),
                             ("HEARTBEAT_MS", "15000"), ("PING_S", "25"), ("STALL_TIMEOUT_S", "60"),
                             ("MAX_MESSAGE_BYTES", "16384"), ("MAX_SUBSCRIPTIONS", "1000"),
                             ("MESSAGES_PER_SECOND", "50"), ("PORTFOLIO_KEEP_S", "300"), ("QUOTE_TTL_S", "60"),
                             ("LOOPS", "1"), ("WORKERS", "4")]:
        assert any(line.split()[:2] == [setting, default] for line in text.splitlines()), setting


def test_version(run):
    assert run("version").stdout.startswith("portfoliod ")


@pytest.mark.parametrize("arguments", [[], ["sreve"], ["serve", "--flsh-ms", "3"], ["serve", "--port"], ["publish"]])
def test_a_wrong_call_is_2_and_says_why(run, arguments):
    result = run(*arguments)
    assert result.returncode == 2
    assert result.stderr and result.stdout == ""


@pytest.mark.parametrize(
    "settings, code, named",
    [
        ({"FLUSH_MS": 0}, 2, "FLUSH_MS"),
        ({"PORT": "http"}, 2, "PORT"),
        ({"LOG_LEVEL": "loud"}, 2, "LOG_LEVEL"),
        ({"MAX_RATE": "0.01"}, 2, "MAX_RATE"),
        ({"PROVIDERS": "oracle"}, 1, "oracle"),
        ({"PROVIDERS": "replay"}, 1, "REPLAY_FILE"),
        ({"PROVIDERS": "replay", "REPLAY_FILE": "no-such-file.csv"}, 1, "no-such-file.csv"),
        ({"PROVIDERS": "coinbase", "COINBASE_URL": "ftp://x"}, 1, "COINBASE_URL"),
        ({"PROVIDERS": "kraken", "KRAKEN_QUOTA": "often"}, 1, "KRAKEN_QUOTA"),
        ({"PROVIDERS": "alphavantage"}, 1, "ALPHAVANTAGE_API_KEY is not set"),
        ({"REDIS_URL": "rediss://localhost"}, 1, "rediss"),
        ({"STATIC_DIR": "no-such-directory"}, 1, "no-such-directory"),
    ],
)
def test_a_wrong_setting_is_named_and_stops_the_start(run, settings, code, named):
    for command in ("check-config", "serve"):
        result = run(command, **settings)
        assert (result.returncode, result.stdout) == (code, "")
        assert named in result.stderr
        assert len(result.stderr.splitlines()) == 1, "nothing else was begun"


def test_keys_come_from_the_environment_only(run):
    """Whoever lists the processes sees their arguments."""
    result = run("check-config", "--alphavantage-api-key", "SECRET-KEY", PROVIDERS="alphavantage")
    assert result.returncode == 2
    assert "ALPHAVANTAGE_API_KEY is read from the environment only" in result.stderr
    assert "SECRET-KEY" not in result.stderr
    result = run("check-config", PROVIDERS="alphavantage", ALPHAVANTAGE_API_KEY="SECRET KEY")
    assert result.returncode == 1
    assert "ALPHAVANTAGE_API_KEY" in result.stderr and "SECRET" not in result.stderr
    result = run("check-config", PROVIDERS="alphavantage", ALPHAVANTAGE_API_KEY="SECRET-KEY")
    assert (result.returncode, result.stdout, result.stderr) == (0, "the settings are valid\n", "")
    assert "ALPHAVANTAGE_API_KEY" in run("serve", "--help").stdout


def test_right_settings_are_said_to_be_valid(run):
    result = run("check-config", PROVIDERS="simulated,coinbase", FLUSH_MS=20)
    assert (result.returncode, result.stdout) == (0, "the settings are valid\n")


def test_a_port_in_use_is_said(run, server):
    result = run("serve", PORT=server.port, DATABASE_URL="host=/nowhere")
    assert result.returncode == 1
    assert str(server.port) in result.stderr.splitlines()[-1]
