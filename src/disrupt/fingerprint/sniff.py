"""Which kind of media the first bytes announce; a file's name is never asked."""

from __future__ import annotations

from typing import Final

from disrupt.fingerprint.formats import FORMATS, Kind

HEAD: Final = 512
"""How many bytes `sniff` wants to see."""

_STARTS: Final[tuple[tuple[bytes, Kind], ...]] = (
    *((start, kind) for kind, one in FORMATS.items() for start in one.starts),
    (b"\x1aE\xdf\xa3", "video"),  # Matroska, WebM
    (b"FLV\x01", "video"),
    (b"OggS", "video"),
    (b"0&\xb2u\x8ef\xcf\x11", "video"),  # ASF, WMV
    (b"\x00\x00\x01\xba", "video"),  # MPEG programme stream
    (b"\x00\x00\x01\xb3", "video"),  # MPEG video
    (b"\x00\x00\x00\x01", "video"),  # H.264, HEVC without a container
    (b".RMF", "video"),
    (b"DKIF", "video"),  # IVF
    (b"YUV4MPEG2", "video"),
    (b"\x06\x0e+4\x02\x05\x01\x01", "video"),  # MXF
    (b"nut/multimedia", "video"),
)
_AVIF: Final = frozenset({b"avif", b"avis"})
_HEIF: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2"})
_PDF: Final = FORMATS["pdf"].starts[0]
_QUICKTIME: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})


def _brands(head: bytes) -> list[bytes]:
    """Major and compatible brands of an ISO file, as far as the head shows them."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[i : i + 4] for i in range(16, max(size, 16) - 3, 4))]


def sniff(head: bytes) -> Kind:
    """The kind that the first bytes announce, "unknown" when they announce none of those decoded here."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"AVI ": "video"}.get(head[8:12], "unknown")  # type: ignore[return-value]  # the values are Kinds
    if head[4:8] == b"ftyp":
        brands = _brands(head)
        if brands[0] in _AVIF or (brands[0] in (b"mif1", b"msf1") and _AVIF.intersection(brands)):
            return "avif"
        return "heif" if brands[0] in _HEIF else "video"
    if head[4:8] in _QUICKTIME:
        return "video"
    # MPEG transport streams repeat their first byte every 188 bytes (192 with a time code in front).
    for start_at, step in ((0, 188), (4, 192)):
        marks = head[start_at::step]
        if len(marks) >= 2 and set(marks) == {0x47}:
            return "video"
    # What readers of PDF forgive: something in front of it.
    return "pdf" if _PDF in head else "unknown"
