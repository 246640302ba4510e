/**
 * vPDQ: one PDQ a second of a film, in the worker; the page's <video> shows the frames that are asked for.
 *
 * As the published algorithm, and the server: the frames whose number is a multiple of the whole part of the
 * frame rate, dated number / rate. A browser seeks by time, so number k is looked for in the middle of its time.
 */

import { DeviceError } from "./errors.js";
import { MAX_PIXELS, MAX_SECONDS } from "./limits.js";
import { AS_IS, pdqOf } from "./hashing/pdq.js";
import { measureRate } from "./reading/rate.js";
import { bitmapSource, frameSource, readable, rowsSource } from "./reading/sources.js";
import { readTrack } from "./reading/mp4.js";

/** Where neither the container nor the frames tell. */
const USUAL_RATE = 30;

/** To the millisecond, as `disrupt hash` prints it. */
const round = (seconds) => Math.round(seconds * 1000) / 1000;

/**
 * @param {{frame?: VideoFrame|ImageBitmap, pixels?: Uint8ClampedArray, width: number, height: number}} shown
 * @returns {{source: import("./hashing/pdq.js").Source, stored: boolean}} `stored`: not turned by the browser.
 */
function sourceOf({ frame, pixels, width, height }) {
  if (pixels) {
    const read = (first, count) => pixels.subarray(4 * width * first, 4 * width * (first + count));
    return { source: rowsSource(width, height, read, false, () => {}), stored: false };
  }
  if (typeof VideoFrame !== "undefined" && frame instanceof VideoFrame && readable(frame, false)) {
    return { source: frameSource(frame, false), stored: true };
  }
  return { source: bitmapSource(frame, width, height, false), stored: false };
}

/** What undoes a film's quarter turns, where the browser shows it upright: the server hashes it as stored. */
const UNDO = {
  0: AS_IS,
  90: { rows: false, columns: true, transpose: true },
  180: { rows: true, columns: true, transpose: false },
  270: { rows: true, columns: false, transpose: true },
};

/** What makes a film upright that is stored lying. */
const DO = {
  90: { rows: true, columns: false, transpose: true },
  180: { rows: true, columns: true, transpose: false },
  270: { rows: false, columns: true, transpose: true },
};

/** @returns {Promise<{width: number, height: number, pdq: object, upright?: object}>} `upright` of a turned film. */
async function hashShown(shown, rotation) {
  const { source, stored } = sourceOf(shown);
  const turn = stored ? AS_IS : UNDO[rotation];
  const turns = rotation ? [turn, stored ? DO[rotation] : AS_IS] : [turn];
  try {
    if (source.width * source.height > MAX_PIXELS) throw new DeviceError("too_large");
    const [pdq, upright] = await pdqOf(source, turns);
    const { width, height } = source;
    return turn.transpose ? { width: height, height: width, pdq, upright } : { width, height, pdq, upright };
  } finally {
    source.close();
  }
}

/**
 * @param {Blob} file
 * @param {{ask: Function, progress: (part: number) => void, alive: () => void}} job
 * @returns {Promise<{width: number, height: number, duration: number, vpdq: object[]}>}
 */
export async function filmPrints(file, { ask, progress, alive }) {
  const track = await readTrack(file);
  try {
    const { duration } = await ask("openFilm", file, typeof OffscreenCanvas !== "undefined");
    if (!(duration > 0 && Number.isFinite(duration))) throw new DeviceError("unsupported");
    if (duration > MAX_SECONDS) throw new DeviceError("too_large");
    const rate = track?.rate ?? (await measureRate((time) => ask("timeOfFrame", time), duration)) ?? USUAL_RATE;
    const step = Math.max(1, Math.floor(rate));
    const vpdq = [];
    const upright = [];
    let size = { width: 0, height: 0 };
    for (let number = 0; (number + 0.5) / rate < duration || number === 0; number += step) {
      alive();
      const shown = await ask("frameAt", Math.min((number + 0.5) / rate, duration));
      const { pdq, upright: turned, ...found } = await hashShown(shown, track?.rotation ?? 0);
      if (number === 0) size = found;
      const frame = { frame: number, timestamp: round(number / rate) };
      vpdq.push({ ...frame, quality: pdq.quality, hex: pdq.hex });
      if (turned) upright.push({ ...frame, quality: turned.quality, hex: turned.hex });
      progress(Math.min(1, (number + step) / rate / duration));
    }
    const found = { ...size, duration: round(duration), vpdq };
    return upright.length ? { ...found, upright: { vpdq: upright } } : found;
  } finally {
    void ask("close");
  }
}
