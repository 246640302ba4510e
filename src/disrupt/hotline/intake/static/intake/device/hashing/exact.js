/**
 * PDQ with the reference's own order of operations in 32-bit floats, for the rare picture that rounding decides.
 *
 * Where the median and the next coefficient are closer than rounding, or a picture is flat, the bits depend on
 * the order in which the reference adds. Every operation below is rounded to 32 bits as it is there.
 */

import { COSINES, boxWidth, sample } from "./weights.js";

const f32 = Math.fround;

/** A running mean of `count` lines, `step` apart within a line; `from` and `to` are as long as the plane. */
function boxLine(from, to, offset, length, step, width) {
  const right = Math.floor((width + 2) / 2) - 1;
  let total = 0;
  let size = 0;
  for (let x = 0; x < right; x++) {
    total = f32(total + from[offset + x * step]);
    size++;
  }
  for (let x = 0; x < length; x++) {
    const entering = x + right;
    if (entering < length) {
      total = f32(total + from[offset + entering * step]);
      if (entering >= width) total = f32(total - from[offset + (entering - width) * step]);
      else size++;
    } else {
      total = f32(total - from[offset + (entering - width) * step]);
      size--;
    }
    to[offset + x * step] = f32(total / size);
  }
}

/**
 * @param {Float32Array} plane Luma, row by row; overwritten.
 * @returns {Float32Array} (64, 64)
 */
export function exactBuffer(plane, width, height) {
  if (width !== 64 || height !== 64) {
    const other = new Float32Array(plane.length);
    for (let pass = 0; pass < 2; pass++) {
      for (let y = 0; y < height; y++) boxLine(plane, other, y * width, width, 1, boxWidth(width));
      for (let x = 0; x < width; x++) boxLine(other, plane, x, height, width, boxWidth(height));
    }
  }
  const out = new Float32Array(64 * 64);
  for (let i = 0; i < 64; i++) {
    for (let j = 0; j < 64; j++) out[64 * i + j] = plane[sample(i, height) * width + sample(j, width)];
  }
  return out;
}

/** @param {Float32Array} buffer (64, 64) @returns {Float32Array} (16, 16), each sum from first term to last. */
export function exactDct(buffer) {
  const half = new Float32Array(16 * 64);
  const out = new Float32Array(256);
  for (let i = 0; i < 16; i++) {
    for (let k = 0; k < 64; k++) {
      const c = COSINES[64 * i + k];
      for (let j = 0; j < 64; j++) half[64 * i + j] += f32(c * buffer[64 * k + j]);
    }
  }
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < 16; j++) {
      let total = 0;
      for (let k = 0; k < 64; k++) total = f32(total + f32(half[64 * i + k] * COSINES[64 * j + k]));
      out[16 * i + j] = total;
    }
  }
  return out;
}

/** @param {Float32Array} buffer (64, 64) @returns {number} 0 to 100 */
export function exactQuality(buffer) {
  let total = 0;
  const step = (a, b) => Math.trunc(f32(Math.abs(f32(f32(a - b) * 100)) / 255));
  for (let i = 0; i < 64; i++) {
    for (let j = 0; j < 64; j++) {
      const at = 64 * i + j;
      if (i < 63) total += step(buffer[at], buffer[at + 64]);
      if (j < 63) total += step(buffer[at], buffer[at + 1]);
    }
  }
  return Math.min(Math.floor(total / 90), 100);
}
