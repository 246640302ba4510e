/** SHA-256 and MD5 of a file, in one pass that holds one block at a time. */

import { md5 } from "../vendor/noble-hashes/legacy.js";
import { sha256 } from "../vendor/noble-hashes/sha2.js";

const BLOCK = 1 << 20;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** @param {Uint8Array} bytes */
export const toHex = (bytes) => Array.from(bytes, (byte) => HEX[byte]).join("");

/**
 * WebCrypto's own SHA-256 wants the whole file in memory and has no MD5, hence a library.
 *
 * Slices rather than `stream()`: each is read when it is asked for and let go before the next, in every browser.
 * @param {Blob} file
 * @param {(done: number) => void} onBytes Called after each block; may throw to stop.
 * @returns {Promise<{sha256: string, md5: string}>}
 */
export async function digest(file, onBytes) {
  const strong = sha256.create();
  const weak = md5.create();
  for (let at = 0; at < file.size; at += BLOCK) {
    const block = new Uint8Array(await file.slice(at, at + BLOCK).arrayBuffer());
    strong.update(block);
    weak.update(block);
    onBytes(Math.min(at + BLOCK, file.size));
  }
  return { sha256: toHex(strong.digest()), md5: toHex(weak.digest()) };
}
