"""A file that an analyst drops into the search: in this process's memory, and nowhere else."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler

LARGEST = 256 * 1024 * 1024


class InMemory(MemoryFileUploadHandler):
    """Takes files up to LARGEST; of a larger request the files are left out, whatever else it says."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.activated = content_length <= LARGEST
