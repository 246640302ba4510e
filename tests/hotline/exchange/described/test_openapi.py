"""/v1/openapi.json says what the code does: every address, parameter, scope and field, and no other."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.door.test_access import BODIES, ENDPOINTS, ask
from tests.hotline.exchange.match.test_match import pdq_of

from disrupt.hotline.exchange.described.openapi import UPLOADED
from disrupt.hotline.exchange.door.api import bearer
from disrupt.hotline.exchange.door.errors import ERRORS
from disrupt.hotline.exchange.ncmec import urls, views
from disrupt.hotline.exchange.tat import urls as tat_urls
from disrupt.hotline.exchange.tat.views import FORM


@pytest.fixture
def told(client: Client, db: None) -> Any:
    return client.get("/v1/openapi.json").json()


def operation(told: Any, path: str) -> Any:
    (one,) = told["paths"][path].values()
    return one


def check(told: Any, name: str, value: object) -> None:
    """Raises ValidationError where the value is not of that shape, or has a member that is not named."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": told["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def test_every_address_with_its_method_parameters_and_scope(told: Any) -> None:
    assert told["openapi"] == "3.1.0"
    assert {path for path in told["paths"] if not path.startswith(("/ncmec/", "/tat/"))} == ENDPOINTS.keys()
    for path, endpoint in ENDPOINTS.items():
        assert list(told["paths"][path]) == [endpoint.methods[0].lower()]
        one = operation(told, path)
        asked = {p["name"] for p in one.get("parameters", ()) if p["in"] == "query"}
        assert asked == set(endpoint.parameters)
        assert one.get("x-scope") == (endpoint.scope.value if endpoint.scope else None)
        wanted = [{"bearer" if endpoint.credential is bearer else "functions": []}] if endpoint.scope else []
        assert one["security"] == wanted


def test_every_address_of_the_other_protocol_with_its_methods_parameters_and_scopes(told: Any) -> None:
    wanted: dict[str, dict[str, Any]] = {}
    for pattern in urls.urlpatterns:
        path = "/ncmec/v2/" + re.sub(r"<str:(\w+)>", r"{\1}", str(pattern.pattern))
        view = pattern.callback
        those = [view] if hasattr(view, "endpoint") else [views.changed, views.submit]
        wanted[path] = {one.endpoint.methods[0].lower(): one.endpoint for one in those}
    described = {path: one for path, one in told["paths"].items() if path.startswith("/ncmec/")}
    assert {path: set(one) for path, one in described.items()} == {
        path: set(one) for path, one in wanted.items()
    }
    for path, methods in wanted.items():
        for method, endpoint in methods.items():
            one = described[path][method]
            asked = {(p["in"], p["name"]) for p in one.get("parameters", ()) if p["in"] != "header"}
            parts = {("path", name) for name in re.findall(r"{(\w+)}", path)}
            assert asked == {("query", name) for name in endpoint.parameters} | parts
            assert (one["x-scope"], one["security"]) == (endpoint.scope.value, [{"basic": []}])
            assert list(one["responses"]["200"]["content"]) == ["application/xml"]


def test_the_third_protocols_addresses_too_and_how_its_client_logs_in(
    client: Client, secret: str, bank: FilledBank, told: Any
) -> None:
    bank.add("one")
    bank.add("film", kind="video")
    described = {path: one for path, one in told["paths"].items() if path.startswith("/tat/")}
    wanted = {f"/tat/{one.pattern}": one.callback.endpoint for one in tat_urls.urlpatterns}
    assert {path: list(one) for path, one in described.items()} == {
        path: [one.methods[0].lower()] for path, one in wanted.items()
    }
    for path, endpoint in wanted.items():
        (one,) = described[path].values()
        asked = {p["name"] for p in one.get("parameters", ()) if p["in"] == "query"}
        assert (one["x-scope"], asked) == (endpoint.scope.value, set(endpoint.parameters))
    form = {"username": secret, "password": secret}
    check(told, "TatLogin", form)
    token = client.post("/tat/token-auth/tcap/", urlencode(form), content_type=FORM).json()
    check(told, "TatToken", token)
    headers = {"Authorization": f"Bearer {token['token']}"}
    page = client.get("/tat/api/hash-list/v2/all", headers=headers).json()
    assert len(page["results"]) == 2
    check(told, "TatPage", page)
    after = described["/tat/api/hash-list/v2/all"]["get"]["parameters"][2]["schema"]
    jsonschema.validate(page["checkpoint"], after)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("now", after)


@pytest.mark.parametrize("path", [path for path, one in ENDPOINTS.items() if "POST" in one.methods])
def test_a_number_is_whole_however_it_is_written_and_a_word_that_is_none_is_refused(
    client: Client, secret: str, bank: FilledBank, told: Any, path: str
) -> None:
    """Programs write 42 as 42.0; and what stands where a word is expected is not taken for none."""
    entry = str(bank.add("one").pk)
    good = {
        "/v1/match": {"pdq": "0" * 64, "quality": 80.0, "radius": 5.0, "sha256": None},
        "/v1/feedback": {"feedback": [{"entry": entry, "opinion": "blocked", "seen": 3.0}]},
        "/v1/log/witness": BODIES["/v1/log/witness"] | {"size": 0.0},
        "/stopncii/v1/SubmitHashes": BODIES["/stopncii/v1/SubmitHashes"] | {"count": 1.0},
    }.get(path, BODIES[path])
    bad: list[Any] = {
        "/v1/match": [{"pdq": None}, {"pdq": "0" * 64, "quality": 80.5}],
        "/v1/feedback": [
            {"feedback": [{"entry": entry, "opinion": "blocked", "why": why}]} for why in ({}, [], None, 0)
        ],
        "/v1/log/witness": [BODIES["/v1/log/witness"] | {"size": 0.5}],
        "/stopncii/v1/SubmitHashes": [
            BODIES[path] | {"count": "1"},
            {"hashRecords": [BODIES["/stopncii/v1/SubmitHashes"]["hashRecords"][0] | {"CSPFeedbacks": 0}]},
        ],
    }.get(path, [[]])
    name = operation(told, path)["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[3]
    headers = {"Authorization": f"Bearer {secret}", "x-functions-key": secret}
    for body in (good, *bad):
        answer = client.post(path, body, content_type="application/json", headers=headers)
        assert answer.status_code == (200 if body is good else 400), (body, answer.content)
        if body is good:
            check(told, name, body)
        else:
            with pytest.raises(jsonschema.ValidationError):
                check(told, name, body)


def test_every_reference_leads_to_a_shape_and_every_shape_is_one(told: Any) -> None:
    text = json.dumps(told)
    for name, schema in told["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert f"#/components/schemas/{name}" in text, f"nobody answers with {name}"
    codes = told["components"]["schemas"]["Problem"]["properties"]["error"]["properties"]["code"]["enum"]
    assert codes == sorted(ERRORS)


def test_what_is_answered_is_what_is_described(
    client: Client, secret: str, bank: FilledBank, told: Any
) -> None:
    bank.add("one", upright=hex_of("up"), derived=hex_of("part"))
    bank.add("film", kind="video")
    bank.add("minor", minors="declared", origin="declared")
    bank.add("gone")
    headers = {"Authorization": f"Bearer {secret}"}
    early = {"startTimestamp": 10}
    functions = {"x-functions-key": secret}
    fetched = client.get("/stopncii/v1/FetchHashes", early, headers=functions).json()
    check(told, "Fetched", fetched)
    bank.withdraw("gone")
    page = client.get("/v1/feed", headers=headers).json()
    assert {change["action"] for change in page["changes"]} == {"added", "withdrawn"}
    assert "log" in page
    check(told, "Page", page)
    check(told, "Page", client.get("/v1/feed", {"after": 5}, headers=headers).json())
    again = {"startTimestamp": fetched["nextSetTimestamp"]}
    withdrawn = client.get("/stopncii/v1/FetchHashes", again, headers=functions).json()
    assert withdrawn["hashRecords"][0]["hashStatus"] == "Withdrawn"
    check(told, "Fetched", withdrawn)
    for body in (
        {"pdq": pdq_of("one"), "quality": 3, "sha256": hex_of("one")},
        {"look_ups": [{"pdq": "0" * 64}]},
    ):
        check(told, "Ask", body)
        check(
            told,
            "Answer",
            client.post("/v1/match", body, content_type="application/json", headers=headers).json(),
        )


@pytest.mark.parametrize("path", sorted(set(ENDPOINTS) - {"/v1/list", "/v1/private"}))
def test_each_address_answers_and_refuses_as_described(
    client: Client, secret: str, told: Any, path: str
) -> None:
    one = operation(told, path)
    good = ask(client, path, secret if ENDPOINTS[path].scope else None)
    assert good.status_code == 200
    (content,) = one["responses"]["200"]["content"].values()
    check(told, content["schema"]["$ref"].rpartition("/")[2], good.json())
    if path in BODIES:
        name = one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        check(told, name, BODIES[path])
    refused = client.generic("DELETE", path)
    assert refused["Content-Type"] == "application/problem+json"
    check(told, "Problem", refused.json())
    assert refused.json()["status"] == refused.status_code == 405
    assert refused.json()["type"] == "urn:disrupt:error:method_not_allowed"


def test_a_member_too_many_would_be_seen(told: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(told, "Status", {"status": "alive", "since": 3})


_PARTS = b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\r\n--b--'


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"password=" + b"x" * 3_000_000, FORM, 413),
        (b"&".join(b"a=b" for _ in range(5000)), FORM, 400),
        (b"password=x", f"{FORM}; charset=utf-16", 400),
        (b"password=%ff%fe", FORM, 401),
        (_PARTS, "multipart/form-data; boundary=b", 401),
        (b"{}", "application/json", 401),
    ],
)  # fmt: skip
def test_a_login_that_is_no_form_is_refused_and_never_fails(
    client: Client, secret: str, told: Any, body: bytes, kind: str, status: int
) -> None:
    path = "/tat/token-auth/tcap/"
    refused = client.post(path, body, content_type=kind, headers={"Idempotency-Key": '"one"'})
    assert refused.status_code == status
    check(told, "Problem", refused.json())
    good = {"username": secret, "password": secret}
    assert client.post(path, urlencode(good), content_type=FORM).json()["token"] == secret


def test_an_empty_upload_is_refused_and_described_so(client: Client, secret: str, told: Any) -> None:
    described = told["paths"]["/v1/match"]["post"]["requestBody"]["content"]
    for kind in UPLOADED:
        assert described[kind]["schema"]["minLength"] == 1
    answer = client.post(
        "/v1/match",
        b"",
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 400
