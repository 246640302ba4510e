/**
 * PDQ of pixels that arrive in strips: 64x64 = R · Y · Cᵀ, then a small cosine transform and its median.
 *
 * Equals `disrupt.fingerprint.pdq` (and so `pdqhash`) bit for bit on the same pixels.
 */

import { exactBuffer, exactDct, exactQuality } from "./exact.js";
import { MAX_EXACT_PIXELS, MIN_SIDE } from "../limits.js";
import { COSINES, LUMA, taps } from "./weights.js";

/**
 * Some whole rows of a picture. Luma has one byte a pixel; colour has four, red at `red` and blue at 2 - `red`.
 * @typedef {{data: Uint8Array|Uint8ClampedArray, offset: number, stride: number, first: number, count: number,
 *   colour: boolean, red: 0|2}} Strip
 *
 * A picture that can be read more than once. `gain` stretches luma kept between 16 and 235, which changes the
 * quality only. `exact` is false where the decoder's own rounding is larger than the reference's.
 * @typedef {{width: number, height: number, gain: number, exact: boolean,
 *   strips: (take: (strip: Strip) => void) => Promise<void>, close: () => void}} Source
 *
 * What makes a picture upright: mirror the rows' order, mirror the columns' order, then transpose.
 * @typedef {{rows: boolean, columns: boolean, transpose: boolean}} Turn
 *
 * @typedef {{hex: string, quality: number}} Pdq
 */

const ZERO = "0".repeat(64);
const SLACK = 2e-3;

/** @type {Turn} */
export const AS_IS = { rows: false, columns: false, transpose: false };

/** One row of luma, 64-bit: red, then green, then blue, as the reference adds them. */
function lumaRow(strip, y, width, out) {
  const { data, colour, red } = strip;
  let at = strip.offset + (y - strip.first) * strip.stride;
  if (!colour) {
    for (let x = 0; x < width; x++) out[x] = data[at + x];
    return;
  }
  const [r, g, b] = LUMA;
  for (let x = 0; x < width; x++, at += 4) {
    out[x] = data[at + red] * r + data[at + 1] * g + data[at + 2 - red] * b;
  }
}

/** Adds rows up into the 64x64 buffer; only the columns of one row and 64x64 sums are ever held. */
class Reducer {
  constructor(width, height, turn) {
    const blur = !(width === 64 && height === 64);
    this.columns = taps(width, blur, turn.columns);
    this.rows = taps(height, blur, turn.rows);
    this.buffer = new Float64Array(64 * 64);
    this.narrow = new Float64Array(64);
  }

  add(y, luma) {
    const { start, weights } = this.columns;
    let ready = false;
    for (let i = 0; i < 64; i++) {
      const k = y - this.rows.start[i];
      if (k < 0 || k >= this.rows.weights[i].length) continue;
      const weight = this.rows.weights[i][k];
      for (let j = 0; !ready && j < 64; j++) {
        const row = weights[j];
        const from = start[j];
        let total = 0;
        for (let n = 0; n < row.length; n++) total += row[n] * luma[from + n];
        this.narrow[j] = total;
      }
      ready = true;
      for (let j = 0; j < 64; j++) this.buffer[64 * i + j] += weight * this.narrow[j];
    }
  }
}

/** The cosine transform in 64 bits: (64, 64) to (16, 16). */
function dct(buffer) {
  const half = new Float64Array(16 * 64);
  const out = new Float64Array(256);
  for (let i = 0; i < 16; i++) {
    for (let k = 0; k < 64; k++) {
      const c = COSINES[64 * i + k];
      for (let j = 0; j < 64; j++) half[64 * i + j] += c * buffer[64 * k + j];
    }
    for (let j = 0; j < 16; j++) {
      for (let k = 0; k < 64; k++) out[16 * i + j] += half[64 * i + k] * COSINES[64 * j + k];
    }
  }
  return out;
}

/** Quality of a buffer; -1 when a gradient within `slack` of its step could change it. */
function quality(buffer, slack) {
  let total = 0;
  let low = 0;
  let high = 0;
  const count = (a, b) => {
    const step = (Math.abs(a - b) * 100) / 255;
    total += Math.floor(step);
    low += Math.floor(Math.max(step - slack, 0));
    high += Math.floor(step + slack);
  };
  for (let i = 0; i < 64; i++) {
    for (let j = 0; j < 64; j++) {
      if (i < 63) count(buffer[64 * i + j], buffer[64 * i + 64 + j]);
      if (j < 63) count(buffer[64 * i + j], buffer[64 * i + j + 1]);
    }
  }
  const mark = (sum) => Math.min(Math.floor(sum / 90), 100);
  return mark(low) === mark(high) ? mark(total) : -1;
}

/**
 * Bit 16i+j = coefficient (i, j) > lower median (rank 128 of 256), the highest bit first.
 * @returns {{hex: string, gap: number}} `gap`: how far the median is from the next value up.
 */
export function threshold(coefficients, transpose) {
  const sorted = coefficients.slice().sort();
  const median = sorted[127];
  let hex = "";
  for (let digit = 63; digit >= 0; digit--) {
    let value = 0;
    for (let bit = 3; bit >= 0; bit--) {
      const k = 4 * digit + bit;
      const at = transpose ? (k & 15) * 16 + (k >> 4) : k;
      value = 2 * value + (coefficients[at] > median ? 1 : 0);
    }
    hex += value.toString(16);
  }
  return { hex, gap: sorted[128] - median };
}

/** The same hash in the reference's order of operations, over a plane of 32-bit luma made upright. */
async function exactly(source, turn) {
  const { width, height } = source;
  const plane = new Float32Array(width * height);
  const row = new Float64Array(width);
  const [across, down] = turn.transpose ? [height, width] : [width, height];
  await source.strips((strip) => {
    for (let y = strip.first; y < strip.first + strip.count; y++) {
      lumaRow(strip, y, width, row);
      const v = turn.rows ? height - 1 - y : y;
      for (let x = 0; x < width; x++) {
        const u = turn.columns ? width - 1 - x : x;
        const value = strip.colour ? row[x] : row[x] * LUMA[0] + row[x] * LUMA[1] + row[x] * LUMA[2];
        plane[turn.transpose ? u * across + v : v * across + u] = value;
      }
    }
  });
  const buffer = exactBuffer(plane, across, down);
  return { hex: threshold(exactDct(buffer), false).hex, quality: exactQuality(buffer) };
}

/**
 * PDQ of a picture as stored and, for each other turn asked for, as that turn shows it; one reading serves all.
 * @param {Source} source
 * @param {Turn[]} turns
 * @returns {Promise<Pdq[]>}
 */
export async function pdqOf(source, turns) {
  const { width, height } = source;
  if (Math.min(width, height) < MIN_SIDE) return turns.map(() => ({ hex: ZERO, quality: 0 }));
  const reducers = turns.map((turn) => new Reducer(width, height, turn));
  const row = new Float64Array(width);
  await source.strips((strip) => {
    for (let y = strip.first; y < strip.first + strip.count; y++) {
      lumaRow(strip, y, width, row);
      for (const reducer of reducers) reducer.add(y, row);
    }
  });
  const rounding = 1e-3 + 5e-7 * Math.max(width, height);
  const again = source.exact && width * height <= MAX_EXACT_PIXELS;
  const found = [];
  for (const [n, { buffer }] of reducers.entries()) {
    const stretched = source.gain === 1 ? buffer : buffer.map((value) => value * source.gain);
    const { hex, gap } = threshold(dct(stretched), turns[n].transpose);
    const mark = quality(stretched, again ? SLACK : 0);
    found.push(again && (mark < 0 || gap < rounding) ? await exactly(source, turns[n]) : { hex, quality: mark });
  }
  return found;
}
