/** Which kind of media the first bytes announce, as `disrupt.fingerprint.sniff` tells it; the name is never asked. */

/** How many bytes `sniff` wants to see. */
export const HEAD = 512;

/** @typedef {"jpeg"|"png"|"webp"|"gif"|"bmp"|"tiff"|"heif"|"avif"|"jp2"|"jxl"|"video"|"unknown"} Kind */

/** @type {[string, Kind][]} Bytes are written as Latin-1 characters. */
const STARTS = [
  ["\xff\xd8\xff", "jpeg"],
  ["\x89PNG\r\n\x1a\n", "png"],
  ["GIF87a", "gif"],
  ["GIF89a", "gif"],
  ["BM", "bmp"],
  ["II*\0", "tiff"],
  ["MM\0*", "tiff"],
  ["II+\0", "tiff"],
  ["MM\0+", "tiff"],
  ["\0\0\0\x0cjP  \r\n\x87\n", "jp2"],
  ["\xff\x4f\xff\x51", "jp2"],
  ["\xff\x0a", "jxl"],
  ["\0\0\0\x0cJXL \r\n\x87\n", "jxl"],
  ["\x1aE\xdf\xa3", "video"], // Matroska, WebM
  ["FLV\x01", "video"],
  ["OggS", "video"],
  ["0&\xb2u\x8ef\xcf\x11", "video"], // ASF, WMV
  ["\0\0\x01\xba", "video"], // MPEG programme stream
  ["\0\0\x01\xb3", "video"], // MPEG video
  ["\0\0\0\x01", "video"], // H.264, HEVC without a container
  [".RMF", "video"],
  ["DKIF", "video"], // IVF
];
const AVIF = ["avif", "avis"];
const HEIF = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "mif2"];
const QUICKTIME = ["moov", "mdat", "wide", "free", "skip", "pnot"];

/** @param {Uint8Array} bytes */
export const latin1 = (bytes) => String.fromCharCode(...bytes);

function isoKind(head) {
  const size = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length);
  const brands = [latin1(head.subarray(8, 12))];
  for (let i = 16; i + 4 <= size; i += 4) brands.push(latin1(head.subarray(i, i + 4)));
  const general = brands[0] === "mif1" || brands[0] === "msf1";
  if (AVIF.includes(brands[0]) || (general && brands.some((brand) => AVIF.includes(brand)))) return "avif";
  return HEIF.includes(brands[0]) ? "heif" : "video";
}

/**
 * @param {Uint8Array} head The first HEAD bytes.
 * @returns {Kind}
 */
export function sniff(head) {
  const text = latin1(head.subarray(0, 16));
  for (const [start, kind] of STARTS) if (text.startsWith(start)) return kind;
  if (text.startsWith("RIFF")) {
    return { WEBP: "webp", "AVI ": "video" }[text.slice(8, 12)] ?? "unknown";
  }
  if (text.slice(4, 8) === "ftyp") return isoKind(head);
  if (QUICKTIME.includes(text.slice(4, 8))) return "video";
  // MPEG transport streams repeat their first byte every 188 bytes (192 with a time code in front).
  for (const [from, step] of [[0, 188], [4, 192]]) {
    let marks = 0;
    for (let at = from; at < head.length && head[at] === 0x47; at += step) marks++;
    if (marks >= 2 && from + marks * step >= head.length) return "video";
  }
  return "unknown";
}
