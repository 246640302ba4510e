"""A POST that is sent again under one Idempotency-Key is done once, and answered as it was the first time.

draft-ietf-httpapi-idempotency-key-header. What was answered is kept for a day in the transaction that did it,
locked with the very key that the partner sends: nobody reads it in the database, not even a new key that
`/v1/key/rotate` has told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from nacl.secret import SecretBox

from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.models import ApiKey, KeptAnswer

HEADER = "Idempotency-Key"
KEPT = dt.timedelta(days=1)
MOST = 10_000
"""So many answers are kept for one key; the oldest go first."""
SHAPE = r'"([ !#-\[\]-~]{1,255})"|([!#-+\--:<-\[\]-~]{1,255})'
"""A string of structured fields (RFC 9651) without escapes, or the same without its quotation marks."""
_SHAPE = re.compile(SHAPE)


def answer(
    request: HttpRequest, key: ApiKey, secret: str, body: Callable[[], bytes], do: Callable[[], HttpResponse]
) -> HttpResponse:
    """What `do` answers, or has answered to this request before. Raises ApiError."""
    said = request.headers.get(HEADER)
    if said is None:
        return do()
    found = _SHAPE.fullmatch(said.strip())
    if not found:
        raise ApiError("bad_parameter", f"{HEADER} is 1 to 255 printable characters between quotation marks.")
    mark = hashlib.sha256((found[1] or found[2]).encode()).hexdigest()
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body()).hexdigest()
    with transaction.atomic():
        # Whoever sends the same at the same moment waits here for the first one's commit.
        row, new = KeptAnswer.objects.get_or_create(
            key=key, mark=mark, defaults={"asked": asked, "at": clock.now()}
        )
        if not new:
            return _again(row, asked, secret)
        response = do()  # what it refuses is raised, and leaves no row behind
        row.answer = _box(secret).encrypt(_packed(response))
        row.save(update_fields=["answer"])
        if not row.pk % 1000:
            _make_room(key)
    return response


def _again(row: KeptAnswer, asked: str, secret: str) -> HttpResponse:
    if row.asked != asked:
        raise ApiError("key_reused", f"Another request was sent under this {HEADER}.")
    told = json.loads(_box(secret).decrypt(bytes(row.answer)))
    response = HttpResponse(told["body"], status=told["status"], content_type=told["type"])
    response["Cache-Control"] = "no-store"
    return response


def _packed(response: HttpResponse) -> bytes:
    told = {"status": response.status_code, "type": response["Content-Type"]}
    return json.dumps(told | {"body": response.content.decode()}).encode()


def _box(secret: str) -> SecretBox:
    return SecretBox(hashlib.blake2b(secret.encode(), digest_size=32, person=b"disrupt-once").digest())


def _make_room(key: ApiKey) -> None:
    rows = KeptAnswer.objects.filter(key=key).order_by("-pk")
    beyond = rows.values_list("pk", flat=True)[MOST : MOST + 1].first()
    if beyond is not None:
        KeptAnswer.objects.filter(key=key, pk__lte=beyond).delete()


def old() -> Iterator[str]:
    """Whether there are answers that are kept no longer."""
    if KeptAnswer.objects.filter(at__lt=clock.now() - KEPT).exists():
        yield "answers"


def forget() -> None:
    """They go."""
    KeptAnswer.objects.filter(at__lt=clock.now() - KEPT).delete()
