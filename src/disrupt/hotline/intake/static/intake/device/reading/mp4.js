/** What the header of an MP4 or QuickTime file says of its film: frames a second, and how it is turned. */

import { latin1 } from "./sniff.js";
import { Window } from "./window.js";

const MAX_HEADER = 64 * 1024 * 1024;
const MAX_BOXES = 4096;
const TOO_FAST = 1000;

/** ISO 14496-12: the boxes of a range. @returns {{name: string, from: number, to: number}[]} */
function boxes(view, from, to) {
  const found = [];
  for (let at = from; at + 8 <= to && found.length < MAX_BOXES; ) {
    let size = view.getUint32(at);
    let head = 8;
    if (size === 1 && at + 16 <= to) {
      size = Number(view.getBigUint64(at + 8));
      head = 16;
    }
    if (size === 0) size = to - at;
    if (size < head || at + size > to) break;
    const name = latin1(new Uint8Array(view.buffer, view.byteOffset + at + 4, 4));
    found.push({ name, from: at + head, to: at + size });
    at += size;
  }
  return found;
}

function inside(view, box, ...path) {
  for (const name of path) {
    box = box && boxes(view, box.from, box.to).find((one) => one.name === name);
  }
  return box;
}

/** Quarter turns, clockwise, that the track's matrix asks for: 0, 90, 180 or 270. */
function rotation(view, tkhd) {
  const at = tkhd.from + (view.getUint8(tkhd.from) === 1 ? 52 : 40);
  if (at + 8 > tkhd.to) return 0;
  const a = Math.sign(view.getInt32(at));
  const b = Math.sign(view.getInt32(at + 4));
  return { "0,1": 90, "-1,0": 180, "0,-1": 270 }[`${a},${b}`] ?? 0;
}

/** Samples by their length in time: the mean rate, as the server's demuxer works it out. */
function meanRate(view, mdia) {
  const mdhd = inside(view, mdia, "mdhd");
  const stts = inside(view, mdia, "minf", "stbl", "stts");
  if (!mdhd || !stts) return null;
  const scale = view.getUint32(mdhd.from + (view.getUint8(mdhd.from) === 1 ? 20 : 12));
  let samples = 0;
  let ticks = 0;
  for (let at = stts.from + 8; at + 8 <= stts.to; at += 8) {
    samples += view.getUint32(at);
    ticks += view.getUint32(at) * view.getUint32(at + 4);
  }
  const rate = (samples * scale) / ticks;
  return rate > 0 && rate <= TOO_FAST ? rate : null;
}

function filmOf(view) {
  for (const trak of boxes(view, 0, view.byteLength).filter((box) => box.name === "trak")) {
    const mdia = inside(view, trak, "mdia");
    const hdlr = inside(view, mdia, "hdlr");
    const tkhd = inside(view, trak, "tkhd");
    if (!hdlr || !tkhd || view.getUint32(hdlr.from + 8) !== 0x76696465) continue; // "vide"
    return { rate: meanRate(view, mdia), rotation: rotation(view, tkhd) };
  }
  return null;
}

/**
 * @param {Blob} file
 * @returns {Promise<{rate: number|null, rotation: number}|null>} Null where it is no such file or says nothing.
 */
export async function readTrack(file) {
  const read = new Window(file);
  for (let at = 0, n = 0; n < MAX_BOXES && at + 16 <= file.size; n++) {
    const view = await read.view(at, 16);
    const name = latin1(new Uint8Array(view.buffer, view.byteOffset + 4, 4));
    let size = view.getUint32(0);
    const head = size === 1 ? 16 : 8;
    if (size === 1) size = Number(view.getBigUint64(8));
    if (size === 0) size = file.size - at;
    if (size < head || (n === 0 && !/^(ftyp|moov|mdat|wide|free|skip|pnot)$/.test(name))) return null;
    if (name === "moov") {
      if (size > MAX_HEADER) return null;
      try {
        return filmOf(new DataView(await file.slice(at + head, at + size).arrayBuffer()));
      } catch (error) {
        if (error instanceof RangeError) return null; // a box shorter than it should be
        throw error;
      }
    }
    at += size;
  }
  return null;
}
