"""A private look-up: bands are blinded, evaluated by the exchange, and compared with its tags here.

Needs the extra `private` (the package voprf: RFC 9497, ristretto255-SHA512, verifiable).
"""

from __future__ import annotations

from collections.abc import Sequence

from disrupt.partner.exchange.client import Exchange
from disrupt.partner.following.feed_client import SyncError
from disrupt.protocol.private.bands import ASKED, EXACT, questions
from disrupt.protocol.private.table import NotATable, Table, Told

MOST_AT_ONCE = 1000
"""Bands of one request."""


class OtherKey(SyncError):
    """The exchange evaluated with another key than its tags are made with: nothing of it is believed."""


class PrivateList:
    """The tags of an exchange's list, asked for now and then, and look-ups against them.

    `key`: the public key (hexadecimal) that the hotline told you, if it did; otherwise that of the first
    table is kept to. Whoever evaluates with a key of their own for you alone could not read what you ask, but
    you would no longer be one among all.
    """

    def __init__(self, exchange: Exchange, key: str = "") -> None:
        self._exchange, self._key = exchange, key
        self._table: Table | None = None

    def update(self) -> None:
        """Fetch the tags. Raises SyncError (OtherKey)."""
        try:
            table = Table(self._exchange.private_table())
        except NotATable:
            raise SyncError(f"{self._exchange.base} is not a Disrupt exchange: no tags.") from None
        self._key = self._key or table.key
        if table.key != self._key:
            raise OtherKey("the exchange's key is another than it was: ask the hotline, and begin anew")
        self._table = table

    def __len__(self) -> int:
        return 0 if self._table is None else len(self._table)

    def look_up(self, hashes: Sequence[bytes], radius: int = EXACT) -> list[tuple[Told, ...]]:
        """For each PDQ (32 bytes) the entries that agree with it in a band: all within `radius` (3 or 7)
        bits, and some further off. Have a person look before anything is removed.

        Raises SyncError (OtherKey), ValueError for another radius.
        """
        if radius not in ASKED or any(len(one) != 32 for one in hashes):
            raise ValueError(f"the radius is one of {', '.join(map(str, ASKED))}, a PDQ has 32 bytes")
        if self._table is None:
            self.update()
        assert self._table is not None
        asked = [question for one in hashes for question in questions(one, radius)]
        outputs: list[bytes] = []
        for start in range(0, len(asked), MOST_AT_ONCE):
            outputs += self._evaluated(asked[start : start + MOST_AT_ONCE])
        each = ASKED[radius]
        return [
            tuple(
                {told.entry: told for one in outputs[n : n + each] for told in self._table.told(one)}.values()
            )
            for n in range(0, len(outputs), each)
        ]

    def _evaluated(self, asked: Sequence[bytes]) -> list[bytes]:
        from voprf import ristretto

        blinded = [ristretto.Client.blind(one) for one in asked]
        told = self._exchange.private_evaluate([one.serialize() for _, one in blinded])
        try:
            outputs = ristretto.VerifiableBatchOutput.deserialize(told)
            public = ristretto.PublicKey.deserialize(bytes.fromhex(self._key))
            return ristretto.Client.finalize_batch([client for client, _ in blinded], outputs, public)
        except BaseException as error:
            # The library panics where a proof does not hold, which is no Exception in Python.
            if isinstance(error, ValueError) or type(error).__name__ == "PanicException":
                why = "the exchange's answer does not prove that its key is that of the tags"
                raise OtherKey(why) from None
            raise
