"""Works out what only the file itself gives, as the file arrives: nothing of the file is stored."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from disrupt.hotline.common import possession
from disrupt.hotline.intake.receiving.uploads import FIELD, largest


class DigestingUploadHandler(FileUploadHandler):
    """`digests` are of the files that came whole; one that is empty or too large gives none."""

    def __init__(self) -> None:
        super().__init__()
        self.digests: list[str] = []
        self._current: possession.Digest | None = None

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        # The name and the type are in `args`; they are not looked at, and super() would keep them.
        if field_name != FIELD or len(self.digests) >= settings.MAX_FILES:
            raise SkipFile
        self._current = possession.Digest()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._current is None:
            return
        if self._current.size + len(raw_data) > largest():
            self._current = None
            raise SkipFile
        self._current.update(raw_data)

    def file_complete(self, file_size: int) -> None:
        """Nothing goes to request.FILES."""
        current, self._current = self._current, None
        if current is not None and current.size:
            self.digests.append(current.digest())
