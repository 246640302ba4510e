"""A host's signed answer to a hotline's notice, version 1: what became of each address, and of its copies.

docs/notice.md says the same in words, docs/schemas in JSON Schema.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from disrupt.protocol import envelope as wrapped
from disrupt.protocol.envelope import HOST, UUID, a_list, an_object, follows, moment, need, stamp
from disrupt.protocol.notice import MOST_ADDRESSES

FORMAT = "disrupt-notice-answer/1"

State = Literal["held", "gone", "waiting", "not_found", "refused"]
"""held: taken off, and can be put back; gone: nothing is there; waiting: for the owner to decide; not_found:
it leads to nothing that is guarded; refused: `reason` says why."""
Reason = Literal[
    "",  # it was acted on
    "owner_decides",  # the owner has not let notices act by themselves
    "not_examined",  # nobody has looked at the content yet
    "not_the_content",  # what is there is not what the notice's fingerprints describe
    "put_back",  # the owner has put it back after an earlier notice
    "too_many",  # more than the owner lets notices take off in a day
    "stopped",  # the owner has stopped all that happens by itself
    "failed",  # the file could not be moved
]

STATES: tuple[State, ...] = get_args(State)
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class AddressAnswer:
    """What became of one address."""

    address: str
    state: State
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host has done. Until `complete` is true it is still looking for copies.

    `copies_found` are files, altered or not, beside those at the addresses; `copies_waiting` of them wait for
    the owner. `looked_at` counts the pictures and films that were compared, `unreadable` those that could
    not be. `seconds`: from the notice's arrival.
    """

    notice: str
    host: str
    answered_at: dt.datetime
    complete: bool
    seconds: float
    addresses: tuple[AddressAnswer, ...]
    copies_found: int = 0
    copies_held: int = 0
    copies_waiting: int = 0
    looked_at: int = 0
    unreadable: int = 0

    def payload(self) -> bytes:
        """The bytes that are signed."""
        return json.dumps(self.to_wire(), ensure_ascii=False, separators=(",", ":")).encode()

    def to_wire(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "notice": self.notice,
            "host": self.host,
            "answered_at": stamp(self.answered_at),
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
            "addresses": [
                {"address": one.address, "state": one.state, "reason": one.reason} for one in self.addresses
            ],
            "copies": {
                "found": self.copies_found,
                "held": self.copies_held,
                "waiting": self.copies_waiting,
            },
            "looked_at": self.looked_at,
            "unreadable": self.unreadable,
        }


def signed(answer: Answer, key: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The envelope, as a notice's."""
    return wrapped.sealed(FORMAT, answer.payload(), key, sign)


def verified(envelope: bytes, *, keys: Mapping[str, bytes], notice: str) -> Answer:
    """The answer to this notice, if one of the host's keys signed it. Raises NoticeError."""
    answer = parsed(wrapped.opened(FORMAT, envelope, keys))
    need(answer.notice == notice, f"an answer to the notice {notice}")
    return answer


def parsed(raw: object) -> Answer:
    """A payload's JSON value as an answer, strictly. Raises NotANotice."""
    told = an_object(
        raw,
        {
            *("format", "notice", "host", "answered_at", "complete", "seconds"),
            *("addresses", "copies", "looked_at", "unreadable"),
        },
    )
    copies = an_object(told["copies"], {"found", "held", "waiting"})
    need(told["format"] == FORMAT, f"a payload of format {FORMAT}")
    need(follows(UUID, told["notice"]), "a notice's id")
    need(follows(HOST, told["host"]), "a host in lower case")
    need(told["complete"] in (True, False), "whether it is complete")
    need(type(told["seconds"]) in (int, float) and told["seconds"] >= 0, "seconds")
    for count in (*copies.values(), told["looked_at"], told["unreadable"]):
        need(type(count) is int and count >= 0, "counts")
    addresses = a_list(told["addresses"], "addresses")
    need(0 < len(addresses) <= MOST_ADDRESSES, f"1 to {MOST_ADDRESSES} addresses")
    return Answer(
        told["notice"],
        told["host"],
        moment(told["answered_at"]),
        told["complete"],
        float(told["seconds"]),
        tuple(_address(one) for one in addresses),
        copies["found"],
        copies["held"],
        copies["waiting"],
        told["looked_at"],
        told["unreadable"],
    )


def _address(raw: object) -> AddressAnswer:
    told = an_object(raw, {"address", "state", "reason"})
    need(isinstance(told["address"], str) and len(told["address"]) <= 4000, "an address")
    need(told["state"] in STATES and told["reason"] in REASONS, "a state and a reason of the format")
    return AddressAnswer(told["address"], told["state"], told["reason"])
