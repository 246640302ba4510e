/**
 * Decoded pictures as strips of rows for `pdqOf`: from a VideoFrame (its own bytes), from a bitmap (through a
 * canvas), or from pixels that the page read. A strip is small, so that a picture is never in memory twice.
 */

import { DeviceError } from "../errors.js";

/** Bytes that one strip may take. */
const STRIP = 1 << 22;

/** Luma of 16 to 235 stretched over 0 to 255. */
const STRETCH = 255 / 219;

const LUMA_FIRST = ["I420", "I420A", "I422", "I422A", "I444", "I444A", "NV12"];
const RED_AT = { RGBA: 0, RGBX: 0, BGRA: 2, BGRX: 2 };

/** Rows of a strip: even, as chroma has one row for two of luma. */
const rowsOfStrip = (width) => Math.max(2, Math.floor(STRIP / (4 * width)) & ~1);

/**
 * Whether a frame's bytes can be hashed as they are.
 * @param {VideoFrame} frame
 * @param {boolean} bt601 Only if its luma is the one that PDQ defines (pictures; films are hashed as coded).
 */
export function readable(frame, bt601) {
  if (RED_AT[frame.format] !== undefined) return true;
  const matrix = frame.colorSpace.matrix;
  return LUMA_FIRST.includes(frame.format) && (!bt601 || matrix === "smpte170m" || matrix === "bt470bg");
}

/**
 * @param {VideoFrame} frame Closed with the source.
 * @param {boolean} exact
 * @returns {import("../hashing/pdq.js").Source}
 */
export function frameSource(frame, exact) {
  const { x, y, width, height } = frame.visibleRect;
  const red = RED_AT[frame.format];
  const colour = red !== undefined;
  return {
    width,
    height,
    gain: colour || frame.colorSpace.fullRange ? 1 : STRETCH,
    exact: exact && colour,
    alpha: frame.format === "RGBA" || frame.format === "BGRA",
    async strips(take) {
      const rows = rowsOfStrip(width);
      let data = new Uint8Array(0);
      for (let first = 0; first < height; first += rows) {
        const count = Math.min(rows, height - first);
        const rect = { x, y: y + first, width, height: count };
        const size = frame.allocationSize({ rect });
        if (data.length < size) data = new Uint8Array(size);
        const [{ offset, stride }] = await frame.copyTo(data, { rect });
        take({ data, offset, stride, first, count, colour, red: red ?? 0 });
      }
    },
    close: () => frame.close(),
  };
}

/**
 * Reads rows of a bitmap through a canvas of a strip's size: browsers limit a canvas, not a bitmap.
 *
 * A canvas keeps colours multiplied by their opacity, so what stands under full transparency is lost here.
 * @param {ImageBitmap|VideoFrame} bitmap
 * @param {(width: number, height: number) => OffscreenCanvas|HTMLCanvasElement} makeCanvas
 * @returns {(first: number, count: number) => Uint8ClampedArray} Red, green, blue, alpha.
 */
export function rowReader(bitmap, width, makeCanvas) {
  let canvas = null;
  let context = null;
  return (first, count) => {
    if (canvas === null || canvas.height !== count) {
      canvas = makeCanvas(width, count);
      context = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
      if (!context) throw new DeviceError("unsupported");
      context.imageSmoothingEnabled = false;
    }
    context.clearRect(0, 0, width, count);
    context.drawImage(bitmap, 0, first, width, count, 0, 0, width, count);
    return context.getImageData(0, 0, width, count).data;
  };
}

/**
 * @param {number} width
 * @param {number} height
 * @param {(first: number, count: number) => Uint8ClampedArray|Promise<Uint8ClampedArray>} read
 * @param {boolean} exact
 * @param {() => void} close
 * @returns {import("../hashing/pdq.js").Source}
 */
export function rowsSource(width, height, read, exact, close) {
  return {
    width,
    height,
    gain: 1,
    exact,
    alpha: true,
    async strips(take) {
      const rows = rowsOfStrip(width);
      for (let first = 0; first < height; first += rows) {
        const count = Math.min(rows, height - first);
        const data = await read(first, count);
        take({ data, offset: 0, stride: 4 * width, first, count, colour: true, red: 0 });
      }
    },
    close,
  };
}

/** A bitmap or frame, in a worker that has canvases. */
export function bitmapSource(bitmap, width, height, exact) {
  const read = rowReader(bitmap, width, (w, h) => new OffscreenCanvas(w, h));
  return rowsSource(width, height, read, exact, () => bitmap.close());
}
