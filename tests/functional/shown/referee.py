"""What Chromium draws of a file, as pixels: the referee of what is shown."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image
from playwright.sync_api import Page
from tests.fingerprint.media import U8

_DRAW = """async ([content, film, type, seconds]) => {
  const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes]));
  const drawn = (source, width, height, ground) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext("2d");
    pen.fillStyle = ground;
    pen.fillRect(0, 0, width, height);
    pen.drawImage(source, 0, 0, width, height);
    return canvas.toDataURL("image/png").split(",")[1];
  };
  const came = (element, event) => new Promise(resolve => {
    element.addEventListener(event, () => resolve(true), {once: true});
    element.addEventListener("error", () => resolve(false), {once: true});
  });
  if (film) {
    const video = document.createElement("video");
    video.muted = true;
    const ready = came(video, "loadeddata");
    video.src = url;
    if (!(await ready)) return null;
    const frames = [];
    for (const second of seconds) {
      // Now and then "seeked" is said while the frame before is still shown.
      const sought = came(video, "seeked");
      const presented = new Promise(resolve => video.requestVideoFrameCallback(resolve));
      video.currentTime = second;
      await sought;
      await Promise.race([presented, new Promise(resolve => setTimeout(resolve, 1000))]);
      frames.push(drawn(video, video.videoWidth, video.videoHeight, "white"));
    }
    return frames;
  }
  const image = new Image();
  const ready = came(image, "load");
  image.src = url;
  if (!(await ready) || !image.naturalWidth) return null;
  const shown = ["white", "black"].map(
    ground => drawn(image, image.naturalWidth, image.naturalHeight, ground));
  if (!type) return shown;
  const decoder = new ImageDecoder({data: bytes, type});
  await decoder.tracks.ready;
  const count = decoder.tracks.selectedTrack.frameCount;
  for (let frameIndex = 1; frameIndex < count; frameIndex++) {
    const {image: frame} = await decoder.decode({frameIndex});
    shown.push(drawn(frame, frame.displayWidth, frame.displayHeight, "white"));
  }
  return shown;
}"""


def drawn(
    page: Page, content: bytes, *, kind: str = "", moves: bool = False, seconds: Sequence[float] = ()
) -> list[U8] | None:
    """A picture on white and on black, then its further frames; a film at those seconds; None if neither.

    The page must be of a secure origin (loopback is). A canvas takes from the same decoders as the screen,
    turned upright and in the screen's colours.
    """
    type_ = f"image/{kind}" if moves and kind in ("gif", "webp", "png", "avif") else ""
    given = [base64.b64encode(content).decode(), kind == "video", type_, list(seconds)]
    found: list[str] | None = page.evaluate(_DRAW, given)
    if found is None:
        return None
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(one))).convert("RGB")) for one in found]
