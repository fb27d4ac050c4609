"""A Slack that has one file of any size, and a catalogue that takes it, at the speed of loopback.

Run as `python -m bench.loopback PORT BYTES`.
"""

from __future__ import annotations

import json
import socketserver
import sys
from typing import Final, cast

from typing_extensions import override

_BLOCK: Final = bytes(1 << 20)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    size = 0


class _Handler(socketserver.StreamRequestHandler):
    @override
    def handle(self) -> None:
        while line := self.rfile.readline():
            _method, path, _version = line.decode().split()
            length = 0
            while (header := self.rfile.readline()).strip():
                name, _colon, value = header.decode("latin-1").partition(":")
                length = int(value) if name.lower() == "content-length" else length
            self._take(length)
            self._give(path)

    def _take(self, left: int) -> None:
        buffer = memoryview(bytearray(1 << 20))
        while left:
            left -= self.rfile.readinto(buffer[: min(left, len(buffer))]) or left

    def _give(self, path: str) -> None:
        size = cast("_Server", self.server).size
        if path.startswith("/files/"):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n")
            self.wfile.write(b"Content-Length: %d\r\n\r\n" % size)
            for start in range(0, size, len(_BLOCK)):
                self.wfile.write(_BLOCK[: min(len(_BLOCK), size - start)])
            return
        host = f"127.0.0.1:{self.server.server_address[1]}"
        file = {"name": "all.csv", "size": size, "mimetype": "text/csv"}
        file |= {"url_private_download": f"http://{host}/files/all.csv"}
        body = json.dumps({"ok": True, "file": file, "success": True, "result": {"package": {}}})
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        self.wfile.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())


def main() -> None:
    with _Server(("127.0.0.1", int(sys.argv[1])), _Handler) as server:
        server.size = int(sys.argv[2])
        server.serve_forever()


if __name__ == "__main__":
    main()
