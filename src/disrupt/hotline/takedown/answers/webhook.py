"""Mail that a provider hands over by HTTP: the raw mail, under a MAC that only it and we can make."""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.answers.reading import MAX_BYTES, take

HEADER = "Disrupt-Signature"
SLACK = 300
_FORM = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def signature(secret: str, at: int, body: bytes) -> str:
    """What the header must hold: `t=` the time in seconds, `v1=` HMAC-SHA-256 of time, dot and body."""
    mac = hmac.digest(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
    return f"t={at},v1={mac}"


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take one mail: 204 taken, or taken before; 403 for whoever cannot sign; 413 too large."""
    if not settings.ANSWERS_WEBHOOK_SECRET:
        raise Http404
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return HttpResponse(status=413)
    found = _FORM.fullmatch(request.headers.get(HEADER, ""))
    if found is None or abs(int(found[1]) - clock.now().timestamp()) > SLACK:
        return HttpResponse(status=403)
    wanted = signature(settings.ANSWERS_WEBHOOK_SECRET, int(found[1]), body)
    if not hmac.compare_digest(wanted, found[0]):
        return HttpResponse(status=403)
    take(body)
    return HttpResponse(status=204)
