"""Takes one small text file of a form into memory, and no other file: nothing of it reaches a disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class TextUploadHandler(FileUploadHandler):
    """`text` is the content of the file in the field `table`, or "" when it is none or longer than `most`."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def text(self) -> str:
        """What a spreadsheet saved, whichever way it writes letters."""
        whole = b"".join(self._parts)
        try:
            return whole.decode("utf-8-sig")
        except UnicodeDecodeError:
            return whole.decode("cp1252", "replace")

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        if field_name != "file" or self._parts:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > self._most:
            self._parts = []
            raise SkipFile
        self._parts.append(raw_data)

    def file_complete(self, file_size: int) -> None:
        """Nothing goes to request.FILES."""
