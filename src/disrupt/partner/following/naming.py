"""Which change of a page is not what the hotline logged: found by halves, from proofs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from disrupt.partner.following.feed_client import FeedClient, SyncError
from disrupt.protocol.merkle import Frontier, is_consistent
from disrupt.protocol.signed_log import BadLog, Head, hashes_of

Prove = Callable[[int, int], tuple[bytes, ...]]
"""(a size, a larger one) -> the proof that the first tree is a beginning of the second. Raises SyncError."""


def proofs_of(client: FeedClient) -> Prove:
    """What the exchange itself says; no proof can be made for a change that it did not log."""

    def prove(first: int, second: int) -> tuple[bytes, ...]:
        said = client.ask("/v1/log", first=first, second=second)
        try:
            return hashes_of(said.get("consistency") if isinstance(said, dict) else None)
        except BadLog as error:
            raise SyncError(f"{client.base} sent a proof that cannot be read: {error}.") from None

    return prove


def first_other(before: Frontier, leaves: Sequence[bytes], head: Head, prove: Prove) -> int | None:
    """The number of the first of these leaves that is not in the head's tree.

    It is `before.size` where what was read before is not in it either; None for want of proofs.
    """

    def agrees(count: int) -> bool:
        tree = before.copy()
        for leaf in leaves[:count]:
            tree.add(leaf)
        if tree.size > head.size:
            return False
        proof = prove(tree.size, head.size)
        return is_consistent(tree.size, head.size, tree.root(), head.root, proof)

    try:
        if not agrees(0):
            return before.size
        good, bad = 0, len(leaves)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if agrees(middle) else (good, middle)
    except SyncError:
        return None
    return before.size + bad
