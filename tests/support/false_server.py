"""A server of the test's own making, for clients: what it says is up to the test.

    with FalseServer(script) as server:        # async def script(socket, number)
        run_top("--once", "--url", server.url, ID)

The script runs for each connection, with its number from 0 on. `requests` are the
heads of all handshakes. What a script fails with, the end of the block raises. By the
`websockets` library.
"""

import asyncio
import json
import threading

import websockets

WELCOME = (
    '{"type":"welcome","server_time":"2026-03-02T14:30:00.000Z","heartbeat_ms":15000,"reconnect_window_ms":100,'
    '"auth_required":false,"limits":{"max_message_bytes":16384,"max_subscriptions":1000,"max_rate":20,'
    '"messages_per_second":50},"help":"https://example.com"}'
)


def snapshot(portfolio_id, data):
    """data: JSON as text, as it goes out."""
    return (
        f'{{"type":"snapshot","portfolio_id":"{portfolio_id}","cursor":"0123456789abcdef-1-1",'
        f'"as_of":"2026-03-02T14:30:00.000Z","data":{data}}}'
    )


async def subscribe(socket):
    """Welcomes, and answers the subscribe; returns it."""
    await socket.send(WELCOME)
    message = json.loads(await socket.recv())
    await socket.send(
        f'{{"type":"subscribed","id":{message["id"]},"portfolio_id":"{message["portfolio_id"]}",'
        '"granted":{"max_rate":20},"recovered":false}'
    )
    return message


class FalseServer:
    def __init__(self, script, answer=None, host="127.0.0.1", tls=None):
        """answer(path, headers): (http.HTTPStatus, headers, body) instead of the upgrade, or None.
        tls: an ssl.SSLContext."""
        self._script, self._answer, self._host, self._tls = script, answer, host, tls
        self.requests = []
        self.close_codes = []  # of connections that their client has ended
        self.port = None
        self._loop = asyncio.new_event_loop()
        self._is_ready = threading.Event()
        self._stop = None
        self._failures = []  # of scripts
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    @property
    def url(self):
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    def call_soon(self, function):
        """In the thread of the scripts: to set an event that one waits for."""
        self._loop.call_soon_threadsafe(function)

    async def _serve(self):
        self._stop = asyncio.Event()
        options = {
            "subprotocols": ["portfolio.v1.json"],
            "process_request": self._process,
            "max_size": None,
            "ping_interval": None,
            "close_timeout": 1,
            "ssl": self._tls,
        }
        async with websockets.serve(self._handle, self._host, 0, **options) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._is_ready.set()
            await self._stop.wait()

    async def _process(self, path, headers):
        self.requests.append((path, headers))
        return self._answer(path, headers) if self._answer else None

    async def _handle(self, socket, *_):
        try:
            await self._script(socket, len(self.requests) - 1)
            await socket.wait_closed()
            self.close_codes.append(socket.close_code)
        except websockets.ConnectionClosed:
            pass
        except Exception as failure:
            self._failures.append(failure)
            raise

    def __enter__(self):
        self._thread.start()
        self._is_ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._failures:
            raise self._failures[0]
