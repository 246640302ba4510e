"""Every address, as every kind of caller; one shape of error; nothing of the caller kept."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import URLPattern
from nacl.signing import SigningKey
from voprf import ristretto

from disrupt.hotline.common import clock
from disrupt.hotline.exchange import services, urls, views
from disrupt.hotline.exchange.door import api
from disrupt.hotline.exchange.door.api import Endpoint, bearer
from disrupt.hotline.exchange.door.errors import ERRORS
from disrupt.hotline.exchange.door.limits import Allowance
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.protocol.merkle import EMPTY
from disrupt.protocol.witness import Witness

ENDPOINTS: dict[str, Endpoint] = {
    f"/{pattern.pattern}": pattern.callback.endpoint  # type: ignore[attr-defined, union-attr]
    for pattern in urls.urlpatterns
    if isinstance(pattern, URLPattern) and hasattr(pattern.callback, "endpoint")
}
BODIES: dict[str, Any] = {
    "/v1/match": {"pdq": "0" * 64},
    "/v1/key/rotate": {},
    "/v1/private/evaluate": {"blinded": [ristretto.Client.blind(b"band")[1].serialize().hex()]},
    "/v1/feedback": {"feedback": [{"entry": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "opinion": "blocked"}]},
    "/stopncii/v1/SubmitHashes": {
        "count": 1,
        "hashRecords": [{"signalType": "ImagePDQ", "hashValue": "0" * 64, "CSPFeedbacks": []}],
    },
    "/stopncii/v1/SubmitFeedback": {
        "count": 1,
        "hashFeedbacks": [{"hashValue": "0" * 64, "feedbackValue": "Blocked", "tags": []}],
    },
}
_WITNESS = SigningKey(b"w" * 32)
_SEEN = Witness(0, EMPTY, bytes(_WITNESS.verify_key).hex())
BODIES["/v1/log/witness"] = Witness(
    _SEEN.size, _SEEN.root, _SEEN.key, _WITNESS.sign(_SEEN.text()).signature
).to_wire()
KEYED = sorted(path for path, endpoint in ENDPOINTS.items() if endpoint.scope)
PUBLIC = sorted(path for path, endpoint in ENDPOINTS.items() if not endpoint.scope)


def ask(client: Client, path: str, secret: str | None, **headers: str) -> Any:
    endpoint = ENDPOINTS[path]
    if secret is not None and endpoint.credential is bearer:
        headers["Authorization"] = f"Bearer {secret}"
    elif secret is not None:
        headers["x-functions-key"] = secret
    if "POST" in endpoint.methods:
        return client.post(path, json.dumps(BODIES[path]), content_type="application/json", headers=headers)
    return client.get(path, headers=headers)


def code_of(response: Any) -> tuple[int, str]:
    error = response.json()["error"]
    assert error.keys() == {"code", "message", "hint"}
    assert all(isinstance(value, str) and value for value in error.values())
    assert response.status_code == ERRORS[error["code"]].status
    return response.status_code, error["code"]


def test_there_are_addresses_of_both_kinds() -> None:
    assert (len(KEYED), len(PUBLIC)) == (13, 4)


@pytest.mark.parametrize("path", PUBLIC)
def test_public_addresses_need_no_key(client: Client, db: None, path: str) -> None:
    assert ask(client, path, None).status_code == 200


@pytest.mark.parametrize("path", KEYED)
def test_every_keyed_address_as_every_kind_of_caller(client: Client, partner: Partner, path: str) -> None:
    scope = ENDPOINTS[path].scope
    assert scope is not None
    others = tuple(other for other in Scope if other is not scope)
    _, right = issue_key(partner, (scope,), OPERATOR)
    _, wrong = issue_key(partner, others, OPERATOR)
    revoked_key, revoked = issue_key(partner, (scope,), OPERATOR)
    services.revoke_key(revoked_key, OPERATOR)
    _, short = issue_key(partner, (scope,), OPERATOR, clock.now() + dt.timedelta(hours=1))

    nobody = ask(client, path, None)
    assert code_of(nobody) == (401, "missing_key")
    assert nobody["WWW-Authenticate"] == 'Bearer realm="disrupt"'
    assert code_of(ask(client, path, "dsr_000000000000_" + "0" * 64)) == (401, "invalid_key")
    assert code_of(ask(client, path, "not-a-key")) == (401, "invalid_key")
    assert code_of(ask(client, path, revoked)) == (401, "revoked_key")
    assert code_of(ask(client, path, wrong)) == (403, "missing_scope")
    assert scope.value in ask(client, path, wrong).json()["error"]["message"]
    assert ask(client, path, right).status_code == 200
    clock.move(dt.timedelta(hours=2))
    assert code_of(ask(client, path, short)) == (401, "expired_key")
    services.set_active(partner, False, OPERATOR)
    assert code_of(ask(client, path, right)) == (403, "partner_suspended")


@pytest.mark.parametrize("path", KEYED)
def test_a_key_in_the_other_header_or_in_the_address_does_not_open(
    client: Client, secret: str, path: str
) -> None:
    other = {"x-functions-key": secret} if ENDPOINTS[path].credential is bearer else {}
    other = other or {"Authorization": f"Bearer {secret}"}
    assert code_of(ask(client, path, None, **other)) == (401, "missing_key")
    assert code_of(client.generic(ENDPOINTS[path].methods[0], f"{path}?key={secret}")) == (401, "missing_key")


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET", "POST"])
def test_methods_that_are_not_served(client: Client, db: None, path: str, method: str) -> None:
    if method in ENDPOINTS[path].methods:
        return
    response = client.generic(method, path)
    assert code_of(response) == (405, "method_not_allowed")
    assert response["Allow"] == ", ".join(ENDPOINTS[path].methods)


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/feed/", "/v2/feed", "/admin/", "/v1/../etc/passwd", "/%00"]
)
def test_other_addresses_do_not_exist(client: Client, db: None, path: str) -> None:
    assert code_of(client.get(path)) == (404, "not_found")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_addresses_take_no_parameters(client: Client, db: None, path: str) -> None:
    assert code_of(client.get(path, {"x": "1"})) == (400, "unknown_parameter")


def test_a_host_that_is_not_ours_is_refused_in_the_same_shape(client: Client, db: None) -> None:
    assert code_of(client.get("/v1/status", headers={"Host": "elsewhere.example"})) == (400, "bad_request")


def test_the_classification_is_public(client: Client, db: None) -> None:
    listed = client.get("/v1/categories").json()
    codes = {category["code"]: category for category in listed["categories"]}
    assert codes["MIN-CSAM"]["minors"] is True
    assert codes["MIN-CSAM"]["name"]["fr"] == "Image sexuelle d’un mineur"
    assert "227-23" in codes["MIN-CSAM"]["article"]["en"]


def test_too_many_requests_says_when_to_come_back(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [0.0]
    monkeypatch.setattr(api, "ALLOWANCE", Allowance(1.0, 2, lambda: moment[0]))
    assert [ask(client, "/v1/feed", secret).status_code for _ in range(2)] == [200, 200]
    spent = ask(client, "/v1/feed", secret)
    assert code_of(spent) == (429, "too_many_requests")
    assert spent["Retry-After"] == "1"
    moment[0] += 1
    assert ask(client, "/v1/feed", secret).status_code == 200


def _fails(error: Exception) -> Any:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_database_that_does_not_answer_is_503(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "last_seq", _fails(OperationalError("down")))
    for path in ("/v1/feed", "/v1/status/ready"):
        response = ask(client, path, secret)
        assert code_of(response) == (503, "unavailable")
        assert response["Retry-After"] == "5"
    assert client.get("/v1/status").status_code == 200


def test_a_failure_of_ours_tells_nothing(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(views, "last_seq", _fails(RuntimeError("the secret of 192.0.2.7")))
    response = ask(client, "/v1/feed", secret)
    assert code_of(response) == (500, "internal_error")
    assert b"192.0.2.7" not in response.content
    assert "192.0.2.7" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_no_trace_of_who_called(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for path in ENDPOINTS:
        ask(client, path, "dsr_000000000000_" + "0" * 64, **{"User-Agent": "canary-agent"})
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "canary-agent" not in repr(cursor.fetchall())
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    assert "canary-agent" not in logged
    assert "127.0.0.1" not in logged


def test_answers_are_not_kept_by_caches(client: Client, secret: str) -> None:
    assert ask(client, "/v1/feed", secret)["Cache-Control"] == "private, no-cache"
    assert ask(client, "/stopncii/v1/FetchHashes", secret)["Cache-Control"] == "no-store"
