"""What can go wrong with a file: one class a cause, each message says what to do."""

from __future__ import annotations

from disrupt.errors import DisruptError


class FingerprintError(DisruptError):
    """The file has no fingerprint; the message is one sentence for the person who gave the file."""


class EmptyFile(FingerprintError):
    """The file has no bytes."""

    def __init__(self, message: str = "the file is empty: send it again from where it came from") -> None:
        super().__init__(message)


class UnsupportedMedia(FingerprintError):
    """The bytes are no picture or video of a kind that is decoded here, whatever the file is called."""


class UnreadableMedia(FingerprintError):
    """The bytes begin like a known kind, but are damaged or cut short."""


class MediaTooLarge(FingerprintError):
    """A limit on bytes, pixels, frames, memory or time was reached."""


class TookTooLong(MediaTooLarge):
    """Decoding was stopped at its time; with more of it, the file might have been decoded."""


class NoVideoStream(FingerprintError):
    """The container holds sound or data only."""


class MissingFile(FingerprintError):
    """The path leads to nothing that can be opened and read."""


class SandboxFailure(FingerprintError):
    """The decoder was stopped or died, or the sandbox could not be started; the file may be hostile."""


class DecodersBusy(FingerprintError):
    """Nothing is known of the file: every decoder was busy for as long as the caller would wait."""

    def __init__(self, message: str = "all decoders are busy: try again in a moment") -> None:
        super().__init__(message)


class Unconfined(SandboxFailure):
    """This system cannot hold a decoder in as is required here: no file at all is decoded."""


BY_NAME: dict[str, type[FingerprintError]] = {
    kind.__name__: kind
    for kind in (EmptyFile, UnsupportedMedia, UnreadableMedia, MediaTooLarge, NoVideoStream, MissingFile)
}
"""The errors that a decoder may report; a SandboxFailure is for whoever watches it to say."""
