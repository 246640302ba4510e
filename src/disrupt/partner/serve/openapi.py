"""The server's interface as OpenAPI describes it."""

from __future__ import annotations

from typing import Any

from disrupt import __version__
from disrupt.matching.guessing.plans import BUDGET


def _query(name: str, said: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": said, "schema": {"type": kind, **more}}


_TEXT = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_ERROR = {
    "description": "refused; `code` is for programs, `message` says what to do",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            }
        }
    },
}
_FILE = {
    "multipart/form-data": {
        "schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}
    }
}
_BANKS = _query("banks", "names of banks, with commas; all where it is not given")
_SIGNAL = [_query("signal", "the hash"), _query("signal_type", "its type", enum=["pdq", "video_md5"]), _BANKS]
MATCH: dict[str, Any] = {
    "type": "object",
    "required": ["bank", "entry", "action", "distance", "view", "certainty", "origin", "needs_review"],
    "properties": {
        "bank": {"type": "string"},
        "entry": {"type": "string"},
        "action": {"enum": ["block", "review"]},
        "distance": {"type": "integer", "minimum": 0, "maximum": 64},
        "view": {"type": "string"},
        "category": {"type": "string"},
        "certainty": {"enum": ["match", "probable"]},
        "origin": {"enum": ["examined", "declared", "shared", "own"]},
        "needs_review": {"type": "boolean"},
        "box": {"type": ["array", "null"], "items": {"type": "integer"}, "minItems": 4, "maxItems": 4},
        "hash": {"type": ["string", "null"]},
        "role": {"type": "string"},
        "seconds": {"type": "array", "items": {"type": "object"}},
        "label": {"type": "string"},
        "kind": {"enum": ["image", "video", None]},
    },
}
ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["version", "action", "matches", "quality", "size", "banks"],
    "properties": {
        "version": {"type": "string"},
        "action": {"enum": ["block", "review", "none"]},
        "matches": {"type": "array", "items": MATCH},
        "quality": {"type": "integer"},
        "size": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        "banks": {"type": "object", "additionalProperties": {"enum": ["clean", "stale", "empty", "damaged"]}},
        "shadow": {"type": "object", "properties": {"action": {"enum": ["block", "review", "none"]}}},
        "refused": {"type": "string"},
    },
}


_ID: dict[str, Any] = {"type": ["integer", "string"]}
_NEAR: dict[str, Any] = {
    "type": "object",
    "required": ["bank_content_id", "distance"],
    "properties": {"bank_content_id": _ID, "distance": {"type": "string"}},
}
_BY_BANK: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": _NEAR},
}
HASHES: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"enum": ["pdq", "video_md5"]},
    "additionalProperties": {"type": "string"},
}
RAW: dict[str, Any] = {
    "type": "object",
    "required": ["matches"],
    "properties": {"matches": {"type": "array", "items": {"anyOf": [_ID, _NEAR]}}},
}
LOOKUP: dict[str, Any] = {
    "anyOf": [_BY_BANK, {"type": "object", "additionalProperties": _BY_BANK}],
    "description": "by signal type and bank; by bank alone where a signal type was given",
}
COMPARED: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": "array",
        "prefixItems": [
            {"type": "boolean"},
            {"type": "object", "required": ["distance"], "properties": {"distance": {"type": "integer"}}},
        ],
        "minItems": 2,
        "maxItems": 2,
    },
}
INDEX: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["present"],
        "properties": {"present": {"type": "boolean"}},
    },
}
READY: dict[str, Any] = {
    "type": "object",
    "required": ["ready", "banks"],
    "properties": {
        "ready": {"type": "boolean"},
        "banks": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["state", "entries", "fetched_at", "reasons"],
                "properties": {
                    "state": {"enum": ["clean", "stale", "empty", "damaged"]},
                    "entries": {"type": "integer"},
                    "fetched_at": {"type": ["string", "null"]},
                    "reasons": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}


def _operation(said: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "summary": said,
        "responses": {"200": {"description": "done", **answer}, "4XX": _ERROR, "5XX": _ERROR},
        **more,
    }


def _json(schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema or {"type": "object"}}}}


def document(keys: bool) -> dict[str, Any]:
    """The whole description; `keys` where a key is asked for."""
    upload = {"requestBody": {"required": True, "content": _FILE}}
    match = {
        "parameters": [
            _query("level", "how many edits to undo", enum=list(BUDGET)),
            _query("radius", "report nothing further than this", "integer", minimum=0, maximum=64),
            _query("top", "at most so many matches", "integer", minimum=1, maximum=1000),
            _query("sampling", "frames of a film (keyframes)", enum=["seconds", "keyframes"]),
            _BANKS,
        ],
        "requestBody": {
            "required": True,
            "content": {
                **_FILE,
                "application/octet-stream": {},
                "application/json": {"schema": {"type": "object"}},
            },
        },
    }
    paths = {
        "/v1/match": {"post": _operation("look up a file, an address or hashes", _json(ANSWER), **match)},
        "/h/hash": {
            "get": _operation(
                "hash what is at an address", _json(HASHES), parameters=[_query("url", "the address")]
            ),
            "post": _operation("hash a file", _json(HASHES), **upload),
        },
        "/m/raw_lookup": {
            "get": _operation(
                "ids within 31 bits of a hash",
                _json(RAW),
                parameters=[*_SIGNAL, _query("include_distance", "true: with distances")],
            )
        },
        "/m/lookup": {
            "get": _operation("matches of a hash by bank", _json(LOOKUP), parameters=_SIGNAL),
            "post": _operation("matches of a file by bank", _json(LOOKUP), **upload),
        },
        "/m/compare": {
            "post": _operation(
                "compare two hashes", _json(COMPARED), requestBody={"content": {"application/json": {}}}
            )
        },
        "/m/index/status": {"get": _operation("how many hashes are looked up", _json(INDEX))},
        "/status": {"get": _operation("can answers be relied on, in HMA's words", _TEXT)},
        "/status/live": {"get": _operation("does the process answer", _TEXT)},
        "/live": {"get": _operation("does the process answer", _TEXT)},
        "/ready": {"get": _operation("would a request be answered, and from which banks", _json(READY))},
        "/metrics": {"get": _operation("counters for Prometheus", _TEXT)},
        "/openapi.json": {"get": _operation("this", _json())},
    }
    told: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "disrupt serve", "version": __version__},
        "paths": paths,
    }
    if keys:
        told["components"] = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
        told["security"] = [{"key": []}]
    return told
