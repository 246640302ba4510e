/**
 * What a picture's header says: its size, its Exif orientation, and the same file without what makes a browser
 * alter the pixels (orientation, colour profile).
 *
 * Browsers disagree on `imageOrientation: "none"` and `colorSpaceConversion: "none"`; a file that asks for
 * neither is decoded alike in all of them. The bytes that remain are never copied: a Blob is made of slices.
 */

import { latin1 } from "./sniff.js";
import { Window } from "./window.js";

/** @typedef {{orientation: number, width: number, height: number, grey: boolean, plain: Blob, profile?: boolean,
 * unturned?: Blob}} Header `profile`: it has colours of its own, which `unturned` keeps. */
/** Size 0 where the header was not understood; the decoder will tell. */

const ORIENTATION = 0x0112;
const SHORT = 3;
const MAX_SEGMENTS = 4096;

/**
 * Exif 2.3: where in a TIFF block the orientation stands, and its value.
 * @param {Uint8Array} block
 * @returns {{value: number, at: number, little: boolean}} Value 1 where there is none.
 */
export function orientationOfTiff(block) {
  const none = { value: 1, at: -1, little: false };
  const mark = latin1(block.subarray(0, 4));
  if (block.length < 10 || (mark !== "II*\0" && mark !== "MM\0*")) return none;
  const little = mark[0] === "I";
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const directory = view.getUint32(4, little);
  if (directory + 2 > block.length) return none;
  const entries = Math.min(view.getUint16(directory, little), 256);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > block.length) return none;
    if (view.getUint16(at, little) === ORIENTATION && view.getUint16(at + 2, little) === SHORT) {
      const value = view.getUint16(at + 8, little);
      return value >= 1 && value <= 8 ? { value, at: at + 8, little } : none;
    }
  }
  return none;
}

/** The file without the given [from, to) ranges, in order. */
function without(file, ranges) {
  if (ranges.length === 0) return file;
  const parts = [];
  let at = 0;
  for (const [from, to] of ranges) {
    parts.push(file.slice(at, from));
    at = to;
  }
  return new Blob([...parts, file.slice(at)], { type: file.type });
}

const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** APP1 (Exif) and APP2 (colour profile) go; APP14 stays, as it says how colours are coded. */
async function jpeg(file) {
  const read = new Window(file);
  const header = { orientation: 1, width: 0, height: 0, grey: false };
  const cut = [];
  const turned = [];
  let seen = false;
  let profile = false;
  for (let at = 2, n = 0; n < MAX_SEGMENTS && at + 4 <= file.size; n++) {
    const [ff, marker, high, low] = await read.bytes(at, 4);
    if (ff !== 0xff) break;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = (high << 8) | low;
    if (marker === 0xda || marker === 0xd9 || length < 2) break;
    if (marker === 0xe1 && !seen) {
      const body = await read.bytes(at + 4, length - 2);
      if (latin1(body.subarray(0, 6)) === "Exif\0\0") {
        header.orientation = orientationOfTiff(body.subarray(6)).value;
        seen = true;
      }
    }
    if (marker === 0xe1 || marker === 0xe2) cut.push([at, at + 2 + length]);
    if (marker === 0xe1) turned.push([at, at + 2 + length]);
    if (marker === 0xe2) profile ||= latin1(await read.bytes(at + 4, 12)) === "ICC_PROFILE\0";
    if (isFrame(marker)) {
      const frame = await read.view(at + 4, 6);
      if (frame.byteLength === 6) {
        header.height = frame.getUint16(1);
        header.width = frame.getUint16(3);
        header.grey = frame.getUint8(5) === 1;
      }
    }
    at += 2 + length;
  }
  return { ...header, plain: without(file, cut), profile, unturned: without(file, turned) };
}

const COLOUR_CHUNKS = ["iCCP", "sRGB", "gAMA", "cHRM", "cICP"];

async function png(file) {
  const read = new Window(file);
  const header = { orientation: 1, width: 0, height: 0, grey: false };
  const cut = [];
  const turned = [];
  let profile = false;
  for (let at = 8, n = 0; n < MAX_SEGMENTS && at + 12 <= file.size; n++) {
    const view = await read.view(at, 8);
    const length = view.getUint32(0);
    const name = latin1(await read.bytes(at + 4, 4));
    if (name === "IHDR") {
      const size = await read.view(at + 8, 8);
      header.width = size.getUint32(0);
      header.height = size.getUint32(4);
    }
    if (name === "eXIf") header.orientation = orientationOfTiff(await read.bytes(at + 8, Math.min(length, 1 << 20))).value;
    if (name === "eXIf" || COLOUR_CHUNKS.includes(name)) cut.push([at, at + 12 + length]);
    if (name === "eXIf") turned.push([at, at + 12 + length]);
    profile ||= name === "iCCP";
    if (name === "IEND") break;
    at += 12 + length;
  }
  return { ...header, plain: without(file, cut), profile, unturned: without(file, turned) };
}

/** RIFF sizes would no longer fit after a cut, so the orientation is made 1 where it stands. */
async function webp(file) {
  const read = new Window(file);
  const header = { orientation: 1, width: 0, height: 0, grey: false };
  let plain = file;
  for (let at = 12, n = 0; n < MAX_SEGMENTS && at + 8 <= file.size; n++) {
    const length = (await read.view(at + 4, 4)).getUint32(0, true);
    const name = latin1(await read.bytes(at, 4));
    if (name === "VP8X" && length >= 10) {
      const size = await read.view(at + 12, 8);
      header.width = 1 + (size.getUint32(0, true) & 0xffffff);
      header.height = 1 + (size.getUint32(3, true) & 0xffffff);
    }
    if (name === "EXIF") {
      const body = await read.bytes(at + 8, Math.min(length, 1 << 20));
      const skip = latin1(body.subarray(0, 6)) === "Exif\0\0" ? 6 : 0;
      const found = orientationOfTiff(body.subarray(skip));
      header.orientation = found.value;
      if (found.at >= 0) {
        const here = at + 8 + skip + found.at;
        const upright = new Uint8Array(found.little ? [1, 0] : [0, 1]);
        plain = new Blob([file.slice(0, here), upright, file.slice(here + 2)], { type: file.type });
      }
    }
    at += 8 + length + (length & 1);
  }
  return { ...header, plain };
}

/**
 * @param {Blob} file
 * @param {import("./sniff.js").Kind} kind
 * @returns {Promise<Header>}
 */
export async function readHeader(file, kind) {
  const reader = { jpeg, png, webp }[kind];
  if (reader) return reader(file);
  return { orientation: 1, width: 0, height: 0, grey: false, plain: file };
}
