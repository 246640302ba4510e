"""Decoding that nothing holds in is refused where that is required, and said once where it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fingerprint import media

from disrupt.fingerprint import Held, Sandbox, Unconfined, fingerprint_file, held
from disrupt.fingerprint._confined._nursery import Nursery, Worker
from disrupt.fingerprint.digest import digest_bytes

PICTURE = media.encode(media.scene(96, 128), "PNG")


@pytest.fixture
def without_seccomp(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that refuses filters, as far as the parent is told."""
    real = Nursery.worker

    def worker(self: Nursery) -> Worker:
        made = real(self)
        made.protections = replace(made.protections, seccomp=False)
        return made

    monkeypatch.setattr(Nursery, "worker", worker)


@pytest.mark.usefixtures("without_seccomp")
def test_the_toolkit_warns_once(caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox(workers=1, tasks_per_worker=1) as sandbox:
        first = fingerprint_file(PICTURE, sandbox=sandbox)
        assert caplog.text.count("decoders are not confined by seccomp here") == 1
        assert fingerprint_file(PICTURE, sandbox=sandbox) == first
        assert caplog.text.count("not confined") == 1


@pytest.mark.usefixtures("without_seccomp")
def test_what_is_required_and_missing_decodes_nothing() -> None:
    with Sandbox(workers=1, require=("seccomp",)) as sandbox, pytest.raises(Unconfined, match="seccomp"):
        fingerprint_file(PICTURE, sandbox=sandbox)


def test_held_content_is_what_it_was() -> None:
    with held([PICTURE[:100], PICTURE[100:]]) as content:
        assert isinstance(content, Held)
        assert (content.size, content.kind, content.digests()) == (len(PICTURE), "png", digest_bytes(PICTURE))
        assert fingerprint_file(content) == fingerprint_file(PICTURE) == fingerprint_file(content)
