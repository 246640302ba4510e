/** A picture's hashes, by the best decoder that this browser has. */

import { DeviceError } from "./errors.js";
import { heifSource } from "./heif/index.js";
import { MAX_IMAGE_BYTES, MAX_PIXELS } from "./limits.js";
import { readHeader } from "./reading/metadata.js";
import { Forms, addColours, addComposites, addFrames } from "./forms.js";
import { AS_IS, pdqOf } from "./hashing/pdq.js";
import { bitmapSource, frameSource, readable, rowsSource } from "./reading/sources.js";

/** How the picture may be decoded, best first; a test can ask for one. */
export const ROUTES = ["decoder", "worker-canvas", "page-canvas", "heif"];

const LOSSY = ["jpeg", "webp", "avif", "heif", "jxl"];

/** Exif 2.3, tag 0x0112: the orientations that turn a picture; 1 does not. */
const TURNS = {
  2: { rows: false, columns: true, transpose: false },
  3: { rows: true, columns: true, transpose: false },
  4: { rows: true, columns: false, transpose: false },
  5: { rows: false, columns: false, transpose: true },
  6: { rows: true, columns: false, transpose: true },
  7: { rows: true, columns: true, transpose: true },
  8: { rows: false, columns: true, transpose: true },
};

/** An AVIF says in its container how it is turned: clockwise, then mirrored left to right. */
const TURNED = { 90: 6, 180: 3, 270: 8, "0 mirrored": 2, "90 mirrored": 5, "180 mirrored": 4, "270 mirrored": 7 };

/** Pixels are hashed as stored but for HEIC, whose containers turn and every decoder obeys. */
const BITMAP = { colorSpaceConversion: "none", premultiplyAlpha: "none", imageOrientation: "none" };
export const bitmapOptions = (kind) => (kind === "heif" ? { ...BITMAP, imageOrientation: "from-image" } : BITMAP);

function check(width, height) {
  if (width * height > MAX_PIXELS) throw new DeviceError("too_large");
}

/** WebCodecs: the bytes of the decoder itself, for a JPEG its luma; no canvas, no orientation, no profile. */
async function byDecoder(file, kind, header, exact) {
  const type = `image/${kind}`;
  if (typeof ImageDecoder === "undefined" || !(await ImageDecoder.isTypeSupported(type))) return null;
  // Given whole: Chromium gives luma only of a file that has arrived to its end.
  const data = await file.arrayBuffer();
  let kept = false;
  const decoder = new ImageDecoder({ data, type, colorSpaceConversion: "none", transfer: [data] });
  try {
    const { image } = await decoder.decode({ frameIndex: 0, completeFramesOnly: true });
    const turned = kind === "avif" && TURNED[`${image.rotation}${image.flip ? " mirrored" : ""}`];
    // The server has luma of a JPEG only, colours of all others; a canvas gives those too, but turns an AVIF.
    const luma = image.format?.startsWith("I4") && !image.format.endsWith("A");
    if (!readable(image, true) || (luma && kind !== "jpeg" && !turned)) {
      image.close();
      return null;
    }
    if (turned) header.orientation = turned;
    const animated = (decoder.tracks.selectedTrack?.frameCount ?? 1) > 1;
    const source = frameSource(image, exact);
    kept = true;
    return { source, moving: animated ? decoder : null, close: () => decoder.close() };
  } finally {
    if (!kept) decoder.close();
  }
}

async function byWorkerCanvas(file, kind, header, exact) {
  if (typeof OffscreenCanvas === "undefined" || typeof createImageBitmap === "undefined") return null;
  if (!new OffscreenCanvas(1, 1).getContext("2d")) return null;
  const bitmap = await createImageBitmap(header.plain, bitmapOptions(kind));
  return { source: bitmapSource(bitmap, bitmap.width, bitmap.height, exact) };
}

/** The page decodes and hands rows over: workers of older browsers have no canvas. */
async function byPage(file, kind, header, exact, ask) {
  const { width, height } = await ask("openPicture", header.plain, bitmapOptions(kind));
  const read = (first, count) => ask("rows", first, count);
  return { source: rowsSource(width, height, read, exact, () => void ask("close")) };
}

/** Only Safari opens HEIC by itself; its decoder is better than ours, so this comes last. */
async function byHeif(file, kind) {
  const source = kind === "heif" ? await heifSource(file) : null;
  return source && { source };
}

async function open(file, kind, header, ask, routes) {
  const exact = !LOSSY.includes(kind) || header.grey;
  const open = { decoder: byDecoder, "worker-canvas": byWorkerCanvas, "page-canvas": byPage, heif: byHeif };
  let undecodable = false;
  for (const route of routes) {
    try {
      const opened = await open[route](file, kind, header, exact, ask);
      if (opened) return opened;
    } catch (error) {
      if (error instanceof DeviceError) throw error;
      // Damaged, or of a kind unknown here: another decoder may tell otherwise.
      undecodable = true;
    }
  }
  const common = ["jpeg", "png", "gif", "webp", "bmp"].includes(kind);
  throw new DeviceError(undecodable && common ? "unreadable" : "unsupported");
}

/**
 * @param {Blob} file
 * @param {import("./reading/sniff.js").Kind} kind
 * @param {{ask: Function, progress: (part: number) => void, alive: () => void, routes?: string[]}} job
 * @returns {Promise<{width: number, height: number, pdq: object, upright?: object, shown?: object[], notes?: string[]}>}
 */
export async function imagePrints(file, kind, { ask, progress, alive, routes = ROUTES }) {
  if (file.size > MAX_IMAGE_BYTES) throw new DeviceError("too_large");
  const header = await readHeader(file, kind);
  check(header.width, header.height);
  alive();
  const { source, moving, close } = await open(file, kind, header, ask, routes);
  try {
    check(source.width, source.height);
    progress(0.5);
    const turn = TURNS[header.orientation];
    const strips = source.strips.bind(source);
    source.strips = (take) =>
      strips((strip) => {
        alive();
        take(strip);
        progress(0.5 + (0.5 * (strip.first + strip.count)) / source.height);
      });
    const [pdq, upright] = await pdqOf(source, turn ? [AS_IS, turn] : [AS_IS]);
    const found = { width: source.width, height: source.height, pdq };
    if (upright) found.upright = { pdq: upright };
    const forms = new Forms(upright ? [pdq, upright] : [pdq]);
    await addComposites(forms, source, turn ?? AS_IS);
    if (!forms.rows.length) await addColours(forms, file, header, turn ?? AS_IS);
    if (moving) found.notes = [await addFrames(forms, moving, alive)];
    if (forms.rows.length) found.shown = forms.rows;
    return found;
  } finally {
    source.close();
    close?.();
  }
}
