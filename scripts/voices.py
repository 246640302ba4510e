"""Speak the threat page in each language with espeak-ng (apt install espeak-ng), as small MP3 files.

Run it again when its words change: a test compares what was spoken with what the page says.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path

import av

INTAKE = Path(__file__).resolve().parents[1] / "src" / "disrupt" / "hotline" / "intake"
VOICES = {
    "en": "en-gb",
    "fr": "fr-fr",
    **{code: code for code in ("ar", "de", "es", "it", "pt", "ro", "tr", "uk")},
}
WORDS_A_MINUTE, GAP_OF_10_MS, BITS = 140, 2, 32_000


def speak(text: str, voice: str) -> bytes:
    """A WAV of these words."""
    command = ["espeak-ng", "-v", voice, "-s", str(WORDS_A_MINUTE), "-g", str(GAP_OF_10_MS), "--stdout"]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def small(wav: bytes, target: Path) -> float:
    """The same as an MP3 of one channel; how many seconds it lasts."""
    seconds = 0.0
    with av.open(io.BytesIO(wav)) as source, av.open(str(target), "w", format="mp3") as out:
        rate = source.streams.audio[0].rate
        stream = out.add_stream("libmp3lame", rate=rate)
        stream.bit_rate, stream.layout = BITS, "mono"
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=rate)
        for frame in source.decode(audio=0):
            seconds += frame.samples / rate
            for ready in resampler.resample(frame):
                out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return seconds


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.portal.settings")
    os.environ.setdefault("DISRUPT_VAR", "var/voices")
    import django

    django.setup()
    from disrupt.hotline.intake.visit.spoken import digest, said

    folder = INTAKE / "static" / "intake" / "voices"
    folder.mkdir(exist_ok=True)
    for code, voice in VOICES.items():
        target = folder / f"{code}.mp3"
        seconds = small(speak("\n\n".join(said(code)), voice), target)
        print(f"{code}: {seconds:.0f} s, {target.stat().st_size // 1024} kB")
    about = (
        "Which words each recording of the threat page says (intake/visit/spoken.py), by scripts/voices.py."
    )
    spoken = {code: digest(code) for code in sorted(VOICES)}
    text = json.dumps({"about": about, "spoken": spoken}, indent=1)
    (INTAKE / "data" / "voices.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
