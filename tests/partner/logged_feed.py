"""A scripted exchange whose feed has a log, signed and proven as a real one's, until a test makes it lie."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.partner.feed_server import AT, Answer, FeedServer, id_of

from disrupt.protocol.feed import Added, parse_change
from disrupt.protocol.merkle import Frontier, Node, consistency, leaf_hash, node_of, peaks_of
from disrupt.protocol.signed_log import (
    LEDGERS,
    RESTORED,
    TITLE,
    Head,
    LogPart,
    commitment,
    content_of,
    leaf_of,
)

SALT = "5a" * 16


class LoggedFeed(FeedServer):
    """Signs what it has as an exchange does; `fork` changes what one change's leaf says."""

    def __init__(self) -> None:
        super().__init__()
        self.signing = Ed25519PrivateKey.generate()
        self.fork: dict[int, str] = {}
        self.with_log = True
        self.no_proofs = False
        self.witnesses: list[Any] = []
        self.anchors: list[bytes] = []
        self.restored: list[dict[str, Any]] = []
        self.hotline = id_of("the hotline")

    @property
    def key(self) -> str:
        return self.signing.public_key().public_bytes_raw().hex()

    def _leaf(self, wire: dict[str, Any]) -> bytes:
        change = parse_change(wire)
        if not isinstance(change, Added):
            return leaf_of(change.seq, change.at, "withdrawn", change.id, "", "")
        entry, parts = content_of(change)
        content = self.fork.get(change.seq) or commitment(bytes.fromhex(SALT), entry)
        return leaf_of(
            change.seq, change.at, "added", change.id, content, commitment(bytes.fromhex(SALT), parts)
        )

    def _page(self, after: int, limit: int) -> dict[str, Any]:
        edit, self.edit = self.edit, lambda page: None
        page = super()._page(after, limit)
        self.edit = edit
        for change in page["changes"]:
            if change["action"] == "added":
                change["proof"] = {"salt": SALT, "parts_salt": SALT}
        if self.with_log:
            node = self._nodes()
            proof = consistency(page["next"], len(self.changes), node)
            page["log"] = LogPart(self.head(), tuple(peaks_of(after, node)), tuple(proof)).to_wire()
        edit(page)
        return page

    def _nodes(self) -> Node:
        return node_of([leaf_hash(self._leaf(change)) for change in self.changes])

    def head(self) -> Head:
        """The signed head of everything."""
        return self._signed(len(self.changes), self._nodes(), TITLE)

    def say_restored(self, at: str, title: str = RESTORED) -> None:
        """That the list, as it is now, came back from a backup."""
        self.restored.insert(0, self._signed(len(self.changes), self._nodes(), title, at).to_wire())

    def _signed(self, size: int, node: Node, title: str, at: str = AT) -> Head:
        bare = Head(size, Frontier(size, peaks_of(size, node)).root(), at, (self.key,), title=title)
        return replace(bare, signatures=(self.signing.sign(bare.text()),))

    def _ledgers(self, first: int) -> dict[str, Any]:
        node, size = node_of([leaf_hash(one) for one in self.anchors]), len(self.anchors)
        proof = [one.hex() for one in consistency(first, size, node)]
        return {"head": self._signed(size, node, LEDGERS).to_wire(), "first": first, "consistency": proof}

    def _elsewhere(self, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        if path == "/v1/log/witness":
            self.witnesses.append(json.loads(body))
            return Answer(200, b"{}")
        if path != "/v1/log" or self.no_proofs:
            return super()._elsewhere(path, query, body)
        second = int(query.get("second", [str(len(self.changes))])[0])
        first = int(query.get("first", [str(second)])[0])
        proof = [one.hex() for one in consistency(first, second, self._nodes())]
        said = {"head": self.head().to_wire(), "consistency": proof, "witnesses": self.witnesses}
        said["restored"] = self.restored
        said["hotline"] = self.hotline
        if self.anchors:
            said["ledgers"] = self._ledgers(int(query["ledgers"][0]))
        return Answer(200, json.dumps(said).encode())


class Exchange(LoggedFeed):
    """A feed with a log, which takes feedback too, and gives another key once."""

    rotated = 0

    def _elsewhere(self, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        if path.endswith(("/SubmitFeedback", "/SubmitHashes")):
            return Answer(200, b'{"changed": 1}')
        if path == "/v1/key/rotate":
            self.rotated += 1
            at = "2027-11-30T10:00:00+00:00"
            fresh = {"key": f"key-{self.rotated}", "expires_at": at, "old_expires_at": at}
            refused = {"error": {"code": "turned_over", "message": "It is in use."}}
            return (
                Answer(200, json.dumps(fresh).encode())
                if self.rotated == 1
                else Answer(409, json.dumps(refused).encode())
            )
        return super()._elsewhere(path, query, body)
