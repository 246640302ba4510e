/**
 * PDQ's blur and decimation of one axis as a sparse matrix of 64 rows, and its cosines.
 *
 * Two passes of a box of ceil(n/128) samples, averaged over the part inside the picture, then the samples at
 * int((i + 0.5) n / 64): linear, so one output is a weighted mean of the few inputs near it. The same idea as
 * `disrupt.fingerprint`, which is what the server runs.
 */

/** What PDQ weighs red, green and blue with (ITU-R BT.601). */
export const LUMA = [0.299, 0.587, 0.114];

/** The width of the box for an axis of this length. */
export const boxWidth = (/** @type {number} */ length) => Math.floor((length + 127) / 128);

/** The sample that stands for output i. */
export const sample = (/** @type {number} */ i, /** @type {number} */ length) => Math.floor(((i + 0.5) * length) / 64);

/** First and last sample under the box centred at `at`: an even box leans right. */
function box(at, length, width) {
  const half = Math.floor(width / 2);
  return [Math.max(0, at - (width - 1 - half)), Math.min(length - 1, at + half)];
}

/**
 * @param {number} length Samples on the axis.
 * @param {boolean} blur False where PDQ does not blur: the picture is 64x64 already.
 * @param {boolean} mirror Give what the axis read backwards would.
 * @returns {{start: Int32Array, weights: Float64Array[]}} Row i weighs the inputs from `start[i]` on.
 */
export function taps(length, blur, mirror) {
  const width = blur ? boxWidth(length) : 1;
  const start = new Int32Array(64);
  const weights = [];
  for (let i = 0; i < 64; i++) {
    const [first, last] = box(sample(i, length), length, width);
    const low = box(first, length, width)[0];
    const high = box(last, length, width)[1];
    const row = new Float64Array(high - low + 1);
    for (let middle = first; middle <= last; middle++) {
      const [a, b] = box(middle, length, width);
      const share = 1 / ((last - first + 1) * (b - a + 1));
      for (let k = a; k <= b; k++) row[k - low] += share;
    }
    start[i] = mirror ? length - low - row.length : low;
    weights.push(mirror ? row.reverse() : row);
  }
  return { start, weights };
}

/** Float32 (16, 64): the cosines 1 to 16, without the constant one. */
export const COSINES = Float32Array.from({ length: 16 * 64 }, (_, at) => {
  const i = at >> 6;
  const j = at & 63;
  return Math.fround(Math.sqrt(2 / 64)) * Math.cos((Math.PI / 128) * (i + 1) * (2 * j + 1));
});
