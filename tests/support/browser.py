"""A headless browser with one page, driven over its debugging protocol."""

import http.client
import itertools
import json
import re
import shutil
import subprocess
import tempfile

from support.process import Process, log_tail, tied
from support.waiting import wait_until
from support.websocket import WebSocket

COMMAND = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    def __init__(self, url):
        self._directory = tempfile.mkdtemp(prefix="pf-browser-")
        self._log = f"{self._directory}/log"
        command = [COMMAND, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        command += ["--remote-debugging-port=0", f"--user-data-dir={self._directory}", url]
        self._process = Process(tied(command), log_path=self._log, stdin=subprocess.DEVNULL)
        self._ids = itertools.count(1)
        found = wait_until(self._find_page, what=lambda: "a page; the browser's log:\n" + log_tail(self._log))
        self._socket = WebSocket(found, subprotocol=None)

    def _find_page(self):
        port = re.search(r"DevTools listening on ws://127\.0\.0\.1:(\d+)/", log_tail(self._log, 1000))
        if not port:
            return None
        connection = http.client.HTTPConnection("127.0.0.1", int(port.group(1)), timeout=10)
        try:
            connection.request("GET", "/json/list")
            pages = json.loads(connection.getresponse().read())
        except OSError:
            return None
        finally:
            connection.close()
        return next((page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"), None)

    def evaluate(self, expression):
        """The value of a JavaScript expression in the page."""
        number = next(self._ids)
        parameters = {"expression": expression, "returnByValue": True}
        self._socket.send_text(json.dumps({"id": number, "method": "Runtime.evaluate", "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv_text())
            if answer.get("id") == number:
                if "error" in answer:  # the page is being loaded
                    return None
                result = answer["result"]
                assert "exceptionDetails" not in result, result
                return result["result"].get("value")

    def text(self, selector):
        """The text of an element, with plain blanks and minus signs; None when there is none."""
        value = self.evaluate(f"document.querySelector({json.dumps(selector)})?.textContent ?? null")
        return value and value.replace("\u202f", " ").replace("\u2212", "-").strip()

    def wait_for_text(self, selector, text):
        wait_until(lambda: self.text(selector) == text, what=lambda: f"{selector} {text!r}, not {self.text(selector)!r},")

    def close(self):
        self._socket.drop()
        self._process.kill()
        shutil.rmtree(self._directory, ignore_errors=True)
