"""The exchange's addresses as an OpenAPI 3.1 document; a test holds it against the code and its answers."""

from __future__ import annotations

from typing import Any

from disrupt import __version__
from disrupt.hotline.exchange.described.shapes import BODIES, SCHEMAS
from disrupt.hotline.exchange.door import once
from disrupt.hotline.exchange.door.errors import ERRORS
from disrupt.hotline.exchange.tat.views import CHECKPOINT, FORM
from disrupt.protocol import feed, stopncii

_NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_XML = "application/xml"
UPLOADED = ("application/octet-stream", "application/pdf", "image/*", "video/*")
_JSON, _PROBLEM = "application/json", "application/problem+json"


def _query(name: str, said: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": said, "schema": schema}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(said: str, answer: str, scope: str = "", **more: Any) -> dict[str, Any]:
    """`answer` names a schema; `scope` what a key must have, and with `key="functions"` another header."""
    header = more.pop("key", "bearer")
    uploads = more.pop("uploads", "")
    body, written = more.pop("body", ""), _XML if header == "basic" else _JSON
    content: dict[str, Any] = {written: {"schema": _reference(answer)}}
    if answer == "BinaryList":
        content = {"application/octet-stream": {"schema": _reference(answer)}}
    told: dict[str, Any] = {
        "summary": said,
        "responses": {
            "200": {"description": "done", "content": content},
            "default": {"description": "refused", "content": {_PROBLEM: {"schema": _reference("Problem")}}},
        },
        "security": [{header: []}] if scope else [],
        **more,
    }
    if scope:
        told["x-scope"] = scope
        told["description"] = f"A key with the scope {scope}."
    if body:
        told["requestBody"] = {"required": True, "content": {written: {"schema": _reference(body)}}}
    if uploads:
        file = {"schema": {"type": "string", "format": "binary", "minLength": 1}}
        told["requestBody"]["description"] = uploads
        told["requestBody"]["content"] |= dict.fromkeys(UPLOADED, file)
    return told


def _paths() -> dict[str, Any]:
    limit = {"type": "integer", "minimum": 1, "maximum": feed.MAX_LIMIT, "default": feed.DEFAULT_LIMIT}
    size = {
        "type": "integer",
        "minimum": 1,
        "maximum": stopncii.MAX_PAGE_SIZE,
        "default": stopncii.DEFAULT_PAGE_SIZE,
    }
    after = _query("after", "the last change that was applied", {**_NUMBER, "default": 0})
    seconds = {"type": "integer", "minimum": 0, "maximum": feed.MOST_WAIT, "default": 0}
    wait = _query("wait", "answer when there is something new, after so many seconds at most", seconds)
    fetch = [
        _query("startTimestamp", "records after this", {**_NUMBER, "default": 0}),
        _query("pageSize", "how many records at most", size),
        _query("nextPageToken", "from the page before", _NUMBER),
    ]
    flag = {"type": "integer", "minimum": 0, "maximum": 1, "default": 0}
    read, stop = "exchange:feed:read", "/stopncii/v1"
    write = "exchange:feedback:write"
    return {
        "/v1/feed": {
            "get": _operation(
                "the bank's changes, in their order", "Page", read,
                parameters=[after, _query("limit", "how many changes at most", limit), wait],
            )
        },
        "/v1/list": {
            "get": _operation(
                "all hashes, or what changed of them, as columns", "BinaryList", read,
                parameters=[after, _query("entries", "1: with the entries' ids", flag), wait,
                            _query("life", "as the answer before said it", _NUMBER)],
            )
        },
        "/v1/log": {
            "get": _operation(
                "the log's head, the proof between two of its sizes, its witnesses", "Log", read,
                parameters=[
                    _query("first", "the smaller size; else the larger", _NUMBER),
                    _query("second", "the larger size; else the log's", _NUMBER),
                    _query("ledgers", "so many anchors of the ledgers are known", _NUMBER),
                ],
            )
        },
        "/v1/log/witness": {
            "post": _operation("sign a head that was verified", "Signed", read, body="Witness")
        },
        "/v1/match": {
            "post": _operation(
                "are fingerprints, or an upload, on the list", "Answer", "exchange:match:ask", body="Ask",
                uploads="with exchange:match:upload too: a picture or film as it is",
            )
        },
        "/v1/private": {"get": _operation("all hashes, as tags", "BinaryList", "exchange:private:ask")},
        "/v1/private/evaluate": {
            "post": _operation(
                "evaluate blinded bands (RFC 9497)", "Evaluated", "exchange:private:ask", body="Blinded"
            )
        },
        "/v1/feedback": {"post": _operation("what was found", "Taken", write, body="Words")},
        "/v1/categories": {"get": _operation("the classification in force", "Categories")},
        "/v1/key/rotate": {
            "post": _operation(
                "another key in the place of this one", "Key", "exchange:key:rotate", body="Nothing"
            )
        },
        "/v1/figures": {"get": _operation("your own figures", "Figures", "exchange:figures:read")},
        "/v1/openapi.json": {"get": _operation("this", "Anything")},
        "/v1/status": {"get": _operation("does the process answer", "Status")},
        "/v1/status/ready": {"get": _operation("does its database answer", "Status")},
        f"{stop}/FetchHashes": {
            "get": _operation(
                "the StopNCII protocol's records", "Fetched", "exchange:stopncii:read",
                key="functions", parameters=fetch,
            )
        },
        f"{stop}/SubmitHashes": {
            "post": _operation(
                "hashes that are proposed", "Counted", "exchange:hashes:submit", key="functions",
                body="SubmitHashes",
            )
        },
        f"{stop}/SubmitFeedback": {
            "post": _operation("what was found", "Counted", write, key="functions", body="SubmitFeedback")
        },
        **_ncmec(),
        **_tat(),
    }  # fmt: skip


def _ncmec() -> dict[str, Any]:
    """NCMEC's hash sharing; its documents are XML of that protocol, and described there."""
    base, read, write = "/ncmec/v2", "exchange:feed:read", "exchange:feedback:write"

    def operation(said: str, scope: str, **more: Any) -> dict[str, Any]:
        return _operation(said, "Xml", scope, key="basic", **more)

    moment = {"type": "string", "format": "date-time"}
    size = {"type": "integer", "minimum": 1, "maximum": 5000, "default": 5000}
    window = [
        _query("from", "what changed from then on", moment),
        _query("to", "and until then", moment),
        _query("start", "from the address of the next page", _NUMBER),
        _query("size", "how many changes at most", size),
        _query("max", "from the address of the next page", _NUMBER),
    ]
    return {
        f"{base}/status": {"get": operation("who asks", read)},
        f"{base}/members": {"get": operation("whose entries these are", read)},
        f"{base}/entries": {
            "get": operation("what changed in a window of time", read, parameters=window),
            "post": operation("entries that are proposed or retracted", "exchange:hashes:submit", body="Xml"),
        },
        f"{base}/feedback/{{sign}}/reasons": {
            "get": operation("why an entry may be disputed", write, parameters=[_part("sign")])
        },
        f"{base}/entries/{{member}}/{{entry}}/{{sign}}/feedback": {
            "put": operation(
                "affirmed, or disputed for a reason", write, body="Xml",
                parameters=[_part(name) for name in ("member", "entry", "sign")],
            )
        },
    }  # fmt: skip


def _tat() -> dict[str, Any]:
    """Tech Against Terrorism's hash list; its client logs in by a form, and asks with what that answers."""
    scope = "exchange:stopncii:read"
    login = _operation("the key again, as a token", "TatToken", scope)
    form = {FORM: {"schema": _reference("TatLogin")}}
    checkpoint = {"type": "string", "pattern": f"^{CHECKPOINT}$"}
    query = [
        _query("None", "what its client asks for first; not read", {"type": "string"}),
        _query("order", "oldest change first", {"enum": ["asc"]}),
        _query("after", "the checkpoint of the last page; empty at first", checkpoint),
        _query("offset", "what `next` of the page before says", _NUMBER),
    ]
    return {
        "/tat/token-auth/tcap/": {
            "post": login | {"security": [], "requestBody": {"required": True, "content": form}}
        },
        "/tat/api/hash-list/v2/all": {
            "get": _operation("the hashes after a checkpoint", "TatPage", scope, parameters=query)
        },
    }


def _part(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "sent again under it, a request is done once and answered as before, for a day",
    "schema": {"type": "string", "pattern": f"^({once.SHAPE})$"},
}


def _described() -> dict[str, Any]:
    """The addresses, each with the header that all take of their kind."""
    paths = _paths()
    for path, operations in paths.items():
        if "post" in operations and path not in ("/v1/match", "/tat/token-auth/tcap/"):
            operations["post"].setdefault("parameters", []).append(_ONCE)
    return paths


def document() -> dict[str, Any]:
    """The whole description."""
    problem = SCHEMAS["Problem"]
    error = problem["properties"]["error"]
    code = {**error["properties"]["code"], "enum": sorted(ERRORS)}
    error = {**error, "properties": {**error["properties"], "code": code}}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Disrupt exchange",
            "version": __version__,
            "description": "Fingerprints of intimate images shared without consent.",
        },
        "paths": _described(),
        "components": {
            "schemas": {
                **SCHEMAS,
                **BODIES,
                "Problem": {**problem, "properties": {**problem["properties"], "error": error}},
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
                "functions": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
            },
        },
    }
