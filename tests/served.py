"""An application of the planner's or the start page's server on a port of its own, in a thread."""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import tornado.httpclient
import tornado.httpserver
import tornado.ioloop
import tornado.netutil

from analysis.planner.gate import Gate


class Served:
    """Asks what is served, with the key unless told otherwise.

    Parameters
    ----------
    application : callable
        Of a gate and a pool: the application.
    **limits
        Of the server.
    """

    def __init__(self, application, **limits):
        ready = threading.Event()

        def run():
            async def main():
                socket = tornado.netutil.bind_sockets(0, "127.0.0.1")
                self.port = socket[0].getsockname()[1]
                self.gate = Gate("secret", self.port)
                self.loop = tornado.ioloop.IOLoop.current()
                with ThreadPoolExecutor(1) as pool:
                    server = tornado.httpserver.HTTPServer(application(self.gate, pool), **limits)
                    server.add_sockets(socket)
                    self.stopped = asyncio.Event()
                    ready.set()
                    await self.stopped.wait()
                    server.stop()

            asyncio.run(main())

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        ready.wait(10)

    def stop(self):
        self.loop.add_callback(self.stopped.set)
        self.thread.join(10)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path, body=None, *, method=None, token="secret", **headers):
        """An answer, with its status and body."""
        if token is not None:
            headers["Cookie"] = f"{self.gate.cookie}={token}"
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        client = tornado.httpclient.HTTPClient()
        try:
            return client.fetch(
                self.address + path,
                method=method or ("GET" if body is None else "POST"),
                body=body,
                headers=headers,
                raise_error=False,
                follow_redirects=False,
                request_timeout=240,
            )
        finally:
            client.close()

    def json(self, path, body=None):
        answer = self.ask(path, body)
        return answer.code, json.loads(answer.body)
