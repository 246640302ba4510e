"""Whatever is posted or asked, the exchange answers as it describes itself, and never fails."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hotline.exchange.conftest import FilledBank
from tests.hotline.exchange.described.test_openapi import check, operation
from tests.hotline.exchange.described.test_openapi import told as told
from tests.hotline.exchange.door.test_access import BODIES, ENDPOINTS
from tests.hotline.exchange.match.test_match import pdq_of

from disrupt.hotline.exchange.door import limits
from disrupt.hotline.exchange.door.api import bearer

EXAMPLES = int(os.environ.get("DISRUPT_TEST_EXAMPLES", "40"))
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HASH = pdq_of("one")
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=70),
    st.sampled_from([HASH, HASH[:32], "0" * 64, "blocked", "Blocked", "ImagePDQ", "not_blocked"]),
)  # fmt: skip
_NAMES = sorted(
    {"pdq", "sha256", "md5", "quality", "radius", "view", "look_ups", "feedback", "entry", "opinion", "why"}
    | {"seen", "retroactive", "count", "hashRecords", "hashFeedbacks", "hashValue", "feedbackValue", "tags"}
    | {"signalType", "CSPFeedbacks"}
)
JSON = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=9), inner)
    ),
    max_leaves=12,
)


def nearly(value: Any) -> st.SearchStrategy[Any]:
    """The value with some of its members replaced by anything."""
    if isinstance(value, dict):
        return st.fixed_dictionaries({name: nearly(one) | JSON for name, one in value.items()})
    if isinstance(value, list):
        return st.lists(st.one_of(*map(nearly, value)) if value else JSON, max_size=3)
    return st.just(value)


@pytest.mark.parametrize("path", sorted(BODIES))
def test_any_body_is_answered_as_described(
    client: Client, secret: str, bank: FilledBank, told: Any, path: str
) -> None:
    bank.add("one")
    key = {"Authorization": f"Bearer {secret}"}
    headers = key if ENDPOINTS[path].credential is bearer else {"x-functions-key": secret}
    good = operation(told, path)["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]

    @MANY
    @given(st.one_of(JSON, nearly(BODIES[path])))
    def answered(body: Any) -> None:
        limits.ALLOWANCE._buckets.clear()
        limits.LOOK_UPS._buckets.clear()
        text = json.dumps(body).encode("utf-8", "surrogatepass")
        response = client.post(path, text, content_type="application/json", headers=headers)
        # 409: a witness's head of a log that is longer than ours.
        assert response.status_code in (200, 400, 409), (body, response.content)
        check(told, good.rpartition("/")[2] if response.status_code == 200 else "Problem", response.json())

    answered()


@pytest.mark.parametrize("path", ["/v1/feed", "/v1/list", "/stopncii/v1/FetchHashes"])
def test_any_query_is_answered_as_described(
    client: Client, secret: str, bank: FilledBank, told: Any, path: str
) -> None:
    bank.add("one")
    endpoint = ENDPOINTS[path]
    key = {"Authorization": f"Bearer {secret}"}
    headers = key if endpoint.credential is bearer else {"x-functions-key": secret}
    names = st.sampled_from([*endpoint.parameters, "other"]) | st.text(max_size=5)
    values = st.integers(-2, 20).map(str) | st.integers().map(str) | st.text(max_size=20)
    (content,) = operation(told, path)["responses"]["200"]["content"].values()
    good = content["schema"]["$ref"].rpartition("/")[2]

    @MANY
    @given(st.dictionaries(names, values, max_size=3))
    def answered(query: dict[str, str]) -> None:
        limits.ALLOWANCE._buckets.clear()
        response = client.get(path, query, headers=headers)
        assert response.status_code in (200, 400, 409), (query, response.status_code)
        if response.status_code != 200:
            check(told, "Problem", response.json())
        elif good != "BinaryList":
            check(told, good, response.json())

    answered()
