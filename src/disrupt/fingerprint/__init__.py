"""Fingerprints of pictures and videos: SHA-256, MD5, PDQ, vPDQ; decoded in a sandbox.

Importing this loads no decoder: pixels are hashed by `disrupt.fingerprint.pdq`, files by the functions here.
"""

from disrupt.fingerprint.api import (
    ImageLuma,
    MovingPicture,
    fingerprint_file,
    fingerprint_image,
    fingerprint_video,
    image_luma,
    preview,
    stills,
)
from disrupt.fingerprint.cancelling import Cancel, Cancelled
from disrupt.fingerprint.errors import (
    DecodersBusy,
    EmptyFile,
    FingerprintError,
    MediaTooLarge,
    MissingFile,
    NoVideoStream,
    SandboxFailure,
    TookTooLong,
    Unconfined,
    UnreadableMedia,
    UnsupportedMedia,
)
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.looking import Look, look
from disrupt.fingerprint.protections import Protections
from disrupt.fingerprint.sandbox import Sandbox, default_sandbox, protections
from disrupt.fingerprint.source import Held, held
from disrupt.fingerprint.types import Dihedral, ImageFingerprint, Pdq, Shown, VideoFingerprint, VpdqFrame

__all__ = [
    "Cancel",
    "Cancelled",
    "DecodersBusy",
    "Dihedral",
    "EmptyFile",
    "FingerprintError",
    "Held",
    "ImageFingerprint",
    "ImageLuma",
    "Limits",
    "Look",
    "MediaTooLarge",
    "MissingFile",
    "MovingPicture",
    "NoVideoStream",
    "Pdq",
    "Protections",
    "Sandbox",
    "SandboxFailure",
    "Shown",
    "TookTooLong",
    "Unconfined",
    "UnreadableMedia",
    "UnsupportedMedia",
    "VideoFingerprint",
    "VpdqFrame",
    "default_sandbox",
    "fingerprint_file",
    "fingerprint_image",
    "fingerprint_video",
    "held",
    "image_luma",
    "look",
    "preview",
    "protections",
    "stills",
]
