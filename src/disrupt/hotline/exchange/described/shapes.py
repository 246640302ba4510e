"""What the exchange answers and takes, as JSON Schemas: every member is named, and no other is sent."""

from __future__ import annotations

from typing import Any

from disrupt.protocol import feed, feedback, stopncii
from disrupt.protocol.binary_list import ROLES as LIST_ROLES
from disrupt.protocol.look_up import MOST_LOOK_UPS, MOST_RADIUS
from disrupt.protocol.private.bands import ASKED, NEAR
from disrupt.protocol.taking.came import ID

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}
_HEX64: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_HEX32: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_ID: Schema = {"type": "string", "format": "uuid"}
_QUALITY: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
_BOTH: Schema = {
    "type": "object",
    "required": ["fr", "en"],
    "properties": {"fr": _TEXT, "en": _TEXT},
    "additionalProperties": False,
}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Schema, most: int = 0, least: int = 0) -> Schema:
    return {"type": "array", "items": items} | ({"minItems": least, "maxItems": most} if most else {})


def _open(*optional: str, **members: Schema) -> Schema:
    """All members are required but the `optional` ones; there may be others."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "required": required, "properties": members}


def _object(*optional: str, **members: Schema) -> Schema:
    """As `_open`, and there are no others."""
    return {**_open(*optional, **members), "additionalProperties": False}


_HEAD = {"seq": _WHOLE, "at": {"type": "string", "format": "date-time"}, "id": _ID}
_HEX128: Schema = {"type": "string", "pattern": "^[0-9a-f]{128}$"}
_LOG_HEAD = _object(size=_WHOLE, root=_HEX64, at=_TEXT, keys=_list(_HEX64), signatures=_list(_HEX128))
_WITNESS = _object(size=_WHOLE, root=_HEX64, key=_HEX64, signature=_HEX128)
_HIDDEN = _object("content", "parts", content=_HEX64, parts=_HEX64)
_OPENED = _object("parts", "parts_salt", salt=_HEX32, parts=_HEX64, parts_salt=_HEX32)
_WHO = {"minors": {"enum": list(feed.MINORS)}, "jurisdiction": _or_null(_TEXT)}
_ABOUT = {
    "kind": {"enum": list(feed.KINDS)},
    "category": _TEXT,
    "origin": {"enum": list(feed.ORIGINS)},
} | _WHO
_PAIR: Schema = {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 2, "maxItems": 2}
_MATCH = _object(
    *("box", "seconds"),
    box=_or_null({"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4}),
    seconds=_list(_object(upload=_PAIR, banked=_PAIR, frames=_WHOLE)),
    entry=_ID,
    action={"enum": ["block", "review"]},
    distance={"type": "integer", "minimum": 0, "maximum": MOST_RADIUS},
    view=_TEXT,
    certainty={"enum": ["match", "probable"]},
    needs_review=_FLAG,
    role={"enum": list(LIST_ROLES)},
    **_ABOUT,
)
_FOUND = {
    "action": {"enum": ["block", "review", "none"]},
    "matches": _list(_MATCH),
    "refused": _TEXT,
    "quality": _QUALITY,
    "size": {"type": "array", "items": _WHOLE, "minItems": 2, "maxItems": 2},
}
_OF_UPLOADS = ("quality", "size")
_OPINION: Schema = {"enum": list(stopncii.Opinion)}
_SAID = _object(feedbackValue=_OPINION, tags=_list(_TEXT), source=_TEXT)

SCHEMAS: dict[str, Schema] = {
    "Anything": {"type": "object"},
    "BinaryList": {"type": "string", "format": "binary"},
    "Xml": {"type": "string"},
    "Problem": _object(
        type=_TEXT,
        title=_TEXT,
        status=_WHOLE,
        detail=_TEXT,
        error=_object(code=_TEXT, message=_TEXT, hint=_TEXT),
    ),
    "Status": _object(
        "standby", status={"enum": ["alive", "ready"]}, standby={"enum": ["in step", "behind", "away"]}
    ),
    "Categories": _object(
        version=_TEXT,
        valid_from=_TEXT,
        categories=_list(_object(code=_TEXT, name=_BOTH, article=_BOTH, minors=_FLAG, illegal=_FLAG)),
    ),
    "Added": _object(
        "proof",
        "came",
        came=_object(first=_ID, through=_list(_ID, feed.MOST_THROUGH, 1)),
        action={"const": "added"},
        sha256=_or_null(_HEX64),
        md5=_or_null(_HEX32),
        pdq=_list(_object(hex=_HEX64, quality=_QUALITY, role={"enum": list(feed.ROLES)})),
        vpdq=_list(
            _object(frame=_WHOLE, timestamp={"type": "number", "minimum": 0}, quality=_QUALITY, hex=_HEX64)
        ),
        proof=_OPENED,
        **_HEAD,
        **_ABOUT,
    ),
    "Withdrawn": _object("proof", action={"const": "withdrawn"}, proof=_HIDDEN, **_HEAD),
    "Page": _object(
        "log",
        format={"const": feed.FORMAT},
        changes=_list(
            {"oneOf": [{"$ref": "#/components/schemas/Added"}, {"$ref": "#/components/schemas/Withdrawn"}]}
        ),
        next=_WHOLE,
        last=_WHOLE,
        more=_FLAG,
        log=_object(
            head=_LOG_HEAD,
            before=_list(_HEX64),
            consistency=_list(_HEX64),
        ),
    ),
    "Log": _object(
        "ledgers",
        ledgers=_object(head=_LOG_HEAD, first=_WHOLE, consistency=_list(_HEX64)),
        hotline=_ID,
        head=_LOG_HEAD,
        first=_WHOLE,
        second=_WHOLE,
        consistency=_list(_HEX64),
        witnesses=_list(_WITNESS),
        restored=_list(_LOG_HEAD),
    ),
    "Signed": _object(size=_WHOLE),
    "Evaluated": _object(key=_HEX64, evaluated={"type": "string", "pattern": "^([0-9a-f]{2})+$"}),
    "Key": _object(key=_TEXT, expires_at=_TEXT, old_expires_at=_TEXT),
    "Answer": {
        "oneOf": [
            _object("refused", *_OF_UPLOADS, version=_TEXT, seq=_WHOLE, **_FOUND),
            _object(version=_TEXT, seq=_WHOLE, answers=_list(_object("refused", *_OF_UPLOADS, **_FOUND))),
        ]
    },
    "Figures": _object(
        offered=_WHOLE,
        changes=_object(fetched=_WHOLE, last=_WHOLE, read_on=_or_null({"type": "string", "format": "date"})),
        months=_list(
            _object(month=_TEXT, matched=_WHOLE, blocked=_WHOLE, disputed=_WHOLE, retroactive=_WHOLE)
        ),
    ),
    "TatToken": _object(user={"type": "object", "maxProperties": 0}, token=_TEXT),
    "TatPage": _object(
        count=_WHOLE,
        next=_or_null(_TEXT),
        previous={"type": "null"},
        checkpoint=_TEXT,
        results=_list(
            _object(
                hash_digest=_TEXT,
                algorithm={"enum": ["PDQ", "MD5"]},
                ideology={"const": "all"},
                file_type={"enum": ["jpg", "mp4"]},
                deleted=_FLAG,
                updated_on={"type": "number"},
                created_on={"type": "string", "format": "date-time"},
                id=_WHOLE,
            )
        ),
    ),
    "Taken": _object(kept=_WHOLE, changed=_WHOLE, unknown=_WHOLE),
    "Counted": _object(count=_WHOLE, changed=_WHOLE),
    "Fetched": _object(
        count=_WHOLE,
        nextPageToken=_or_null(_TEXT),
        nextSetTimestamp=_WHOLE,
        hasMoreRecords=_FLAG,
        hashRecords=_list(
            _object(
                "CSPFeedbacks",
                lastModtimestamp=_WHOLE,
                signalType={"enum": list(stopncii.Signal)},
                hashValue=_TEXT,
                hashStatus={"enum": list(stopncii.Status)},
                caseNumbers={"type": "object", "additionalProperties": {"enum": list(stopncii.Status)}},
                CSPFeedbacks=_list(_SAID),
            )
        ),
    ),
}


def _said(name: str) -> Schema:
    """Of the members that may be null, this one is there and is not."""
    return {"required": [name], "properties": {name: {"type": "string"}}}


_LOOK_UP: Schema = _object(
    *("pdq", "quality", "sha256", "md5", "view", "radius"),
    pdq=_or_null(_HEX64),
    quality=_QUALITY,
    sha256=_or_null(_HEX64),
    md5=_or_null(_HEX32),
    view=_or_null({"type": "string", "pattern": "^[ -~]{1,60}$"}),
    radius={"type": "integer", "minimum": 0, "maximum": MOST_RADIUS},
) | {"anyOf": [_said("pdq"), _said("sha256"), _said("md5")]}
_WORD = _object(
    *("why", "seen", "retroactive"),
    entry={"type": "string", "pattern": f"^{ID.pattern}$"},
    opinion={"enum": list(feedback.Opinion)},
    why={"enum": list(feedback.Why)},
    seen={"type": "integer", "minimum": 0, "maximum": feedback.MOST_SEEN},
    retroactive=_FLAG,
)

_TAGS = _list({"type": "string", "pattern": f"^{stopncii.TAG}$"}, stopncii.MOST_TAGS)
_POSTED = ((stopncii.Signal.IMAGE_PDQ, "[0-9A-Fa-f]{64}"), (stopncii.Signal.VIDEO_MD5, "[0-9A-Fa-f]{32}"))
_OWN_OPINION = _open("tags", feedbackValue=_OPINION, tags=_TAGS)


def _hash_record(signal: stopncii.Signal, value: str) -> Schema:
    return _open(
        "CSPFeedbacks",
        signalType={"enum": [signal, f"StopNCIISignalType.{signal}"]},
        hashValue={"type": "string", "pattern": f"^{value}$"},
        CSPFeedbacks=_or_null({**_list(_OWN_OPINION), "maxItems": 1}),
    )


def _posted(name: str, record: Schema) -> Schema:
    """A post of the StopNCII protocol."""
    counted = {**_WHOLE, "maximum": 10**9}
    return _open("count", **{"count": counted, name: _list(record, stopncii.MAX_POSTED, 1)})


BODIES: dict[str, Schema] = {
    "Nothing": {"type": "object", "maxProperties": 0},
    "Ask": {"oneOf": [_LOOK_UP, _object(look_ups=_list(_LOOK_UP, MOST_LOOK_UPS, 1))]},
    "Witness": _WITNESS,
    "Blinded": _object(blinded=_list(_HEX64, 4 * ASKED[NEAR], 1)),
    "Words": _object(feedback=_list(_WORD, feedback.MOST_WORDS, 1)),
    "SubmitHashes": _posted("hashRecords", {"oneOf": [_hash_record(*kind) for kind in _POSTED]}),
    "SubmitFeedback": _posted(
        "hashFeedbacks",
        _open(
            "tags",
            hashValue={"type": "string", "pattern": f"^({'|'.join(value for _, value in _POSTED)})$"},
            feedbackValue=_OPINION,
            tags=_TAGS,
        ),
    ),
    "TatLogin": _open(username=_TEXT, password=_TEXT),
}
