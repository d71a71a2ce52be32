"""An identity provider on 127.0.0.1 with a key of its own, which says what a test tells it to."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from ledger.proof.encoding import b64url


@dataclass
class Provider:
    """What the provider knows; `claims` go into the next ID token, `lies` over what it says."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    challenge: str = ""
    lies: dict[str, Any] = field(default_factory=dict)

    def said(self, path: str) -> dict[str, Any]:
        if path.endswith("/openid-configuration"):
            places = {
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/jwks",
            }
            return {"issuer": self.address, **places, **self.lies}
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(self, form: dict[str, list[str]], authorization: str) -> dict[str, Any]:
        shown = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        fits = b64url(sha256(form["code_verifier"][0].encode()).digest()) == self.challenge
        if shown != "ledger:s3cret" or not fits or form["code"] != ["c0de"]:
            return {"error": "invalid_grant"}
        header = {"alg": "RS256", "kid": "k1"}
        return {"id_token": jwt.encode(header, self.claims, self.key)}


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Serve it until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._give(provider.said(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._give(provider.token(parse_qs(body), self.headers["Authorization"]))

        def _give(self, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    provider.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
