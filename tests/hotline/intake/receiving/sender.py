"""A browser with the script that sends files in pieces, and a body that breaks off."""

from __future__ import annotations

import io
import json
from typing import Any

from django.test import Client

ORIGIN = "http://testserver"
BODY = "application/offset+octet-stream"


class BrokenBody(io.BytesIO):
    """A body whose sender goes away."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError("connection reset")
        return data


class Sender:
    """A browser with the script."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self.client = client
        self.list_url = f"/{language}/files/"
        self.headers = {"tus-resumable": "1.0.0", "origin": ORIGIN}
        self.list()

    def list(self) -> list[dict[str, Any]]:
        response = self.client.get(self.list_url, headers=self.headers)
        assert response.status_code == 200
        listed: list[dict[str, Any]] = json.loads(response.content)["uploads"]
        return listed

    def create(self, length: int | str, data: bytes | None = None, **headers: str) -> Any:
        headers = {**self.headers, "upload-length": str(length), **headers}
        kind = {} if data is None else {"content_type": BODY}
        return self.client.post(
            self.list_url, data or b"", headers=headers, **(kind or {"content_type": "text/plain"})
        )

    def begin(self, length: int) -> str:
        response = self.create(length)
        assert response.status_code == 201
        return str(response["Location"])

    def patch(self, url: str, data: bytes, offset: int | str, kind: str = BODY, **more: Any) -> Any:
        headers = {**self.headers, "upload-offset": str(offset), **more.pop("headers", {})}
        return self.client.generic("PATCH", url, data, content_type=kind, headers=headers, **more)

    def head(self, url: str) -> Any:
        return self.client.head(url, headers=self.headers)

    def delete(self, url: str) -> Any:
        return self.client.delete(url, headers=self.headers)
