/**
 * The other forms in which viewers show a picture: on white and on black where it is transparent, and its further
 * frames. As the server has them (fingerprint/printing.py): with features only, no two alike.
 */

import { MIN_QUALITY } from "./limits.js";
import { AS_IS, pdqOf } from "./hashing/pdq.js";
import { bitmapSource, frameSource, readable } from "./reading/sources.js";

const MOST = 16;
const LOOKED_AT = 300;
const LOOKING = 5000;
const ALIKE = 31;
const GROUNDS = { "on white": 255, "on black": 0 };

function apart(one, other) {
  let bits = 0;
  for (let at = 0; at < 64; at += 8) {
    let left = (parseInt(one.slice(at, at + 8), 16) ^ parseInt(other.slice(at, at + 8), 16)) >>> 0;
    for (; left; left &= left - 1) bits++;
  }
  return bits;
}

export class Forms {
  rows = [];
  #known;

  /** @param {import("./hashing/pdq.js").Pdq[]} known What is hashed already. */
  constructor(known) {
    this.#known = known.map((pdq) => pdq.hex);
  }

  add(form, pdq) {
    const alike = this.#known.some((hex) => apart(hex, pdq.hex) <= ALIKE);
    if (pdq.quality < MIN_QUALITY || alike || this.rows.length >= MOST) return;
    this.#known.push(pdq.hex);
    this.rows.push({ form, pdq });
  }
}

/** The same picture laid on a ground of one tone, rounded as Pillow does. */
function onGround(source, tone) {
  const strips = (take) =>
    source.strips((strip) => {
      const data = new Uint8Array(4 * source.width * strip.count);
      for (let y = 0; y < strip.count; y++) {
        let from = strip.offset + y * strip.stride;
        let to = 4 * source.width * y;
        for (let x = 0; x < source.width; x++, from += 4, to += 4) {
          const alpha = strip.data[from + 3];
          for (let channel = 0; channel < 3; channel++) {
            const sum = strip.data[from + channel] * alpha + tone * (255 - alpha) + 128;
            data[to + channel] = ((sum >> 8) + sum) >> 8;
          }
        }
      }
      take({ ...strip, data, offset: 0, stride: 4 * source.width });
    });
  return { ...source, strips };
}

async function transparent(source) {
  let found = false;
  await source.strips((strip) => {
    for (let y = 0; y < strip.count && !found; y++) {
      const from = strip.offset + y * strip.stride + 3;
      for (let x = 0; x < source.width && !found; x++) found = strip.data[from + 4 * x] < 255;
    }
  });
  return found;
}

/** Adds what a transparent picture looks like on white and on black. */
export async function addComposites(forms, source, turn) {
  if (!source.alpha || !(await transparent(source))) return;
  for (const [form, tone] of Object.entries(GROUNDS)) {
    const [pdq] = await pdqOf(onGround(source, tone), [turn]);
    forms.add(form, pdq);
  }
}

const COLOURS = { colorSpaceConversion: "default", premultiplyAlpha: "none", imageOrientation: "none" };

/** Adds the picture in the colours that its profile says, where it has one; browsers show it so. */
export async function addColours(forms, file, header, turn) {
  if (!header.profile || typeof OffscreenCanvas === "undefined" || typeof createImageBitmap === "undefined") return;
  const bitmap = await createImageBitmap(header.unturned, COLOURS);
  const source = bitmapSource(bitmap, bitmap.width, bitmap.height, false);
  try {
    const [pdq] = await pdqOf(source, [turn]);
    forms.add("in its colours", pdq);
  } finally {
    source.close();
  }
}

/**
 * Adds the distinct frames of an animation.
 * @returns {Promise<string>} What to say of them.
 */
export async function addFrames(forms, decoder, alive) {
  const until = performance.now() + LOOKING;
  const count = Math.min(decoder.tracks.selectedTrack.frameCount, LOOKED_AT);
  const before = forms.rows.length;
  let seen = 0;
  for (let number = 0; number < count && (number === 0 || performance.now() < until); number++) {
    alive();
    const { image } = await decoder.decode({ frameIndex: number, completeFramesOnly: true });
    seen = number + 1;
    if (!readable(image, false)) {
      image.close();
      continue;
    }
    const source = frameSource(image, false);
    const [pdq] = await pdqOf(source, [AS_IS]);
    source.close();
    forms.add(`frame ${seen}`, pdq);
  }
  return `animated, or several pages: ${1 + forms.rows.length - before} distinct of the first ${seen}`;
}
