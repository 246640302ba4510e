/**
 * SHA-256 and MD5 of a file, in one pass that holds one block at a time; and a second SHA-256, which only somebody
 * who has the file can make (common/possession.py).
 */

import { md5 } from "../../vendor/noble-hashes/legacy.js";
import { sha256 } from "../../vendor/noble-hashes/sha2.js";

const BLOCK = 1 << 18;
const BEGINNING = new TextEncoder().encode("disrupt: I have this file\n");
const BREATH = 100; // milliseconds

/** Files for which a fresh buffer a block does no harm. */
const SHORT = 16 << 20;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** @param {Uint8Array} bytes */
export const toHex = (bytes) => Array.from(bytes, (byte) => HEX[byte]).join("");

/**
 * Readers at work. Held here because Chromium (156) lets a stream of a Blob be collected while a read is pending,
 * when nothing but that read leads to it: the read then never ends.
 */
const reading = new Set();

/** Reads into one buffer again and again: fresh ones pile up faster than they are collected. */
async function* reused(reader) {
  reading.add(reader);
  let buffer = new ArrayBuffer(BLOCK);
  try {
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer, 0, BLOCK));
      if (done) return;
      yield value;
      buffer = value.buffer;
    }
  } finally {
    reading.delete(reader);
    void reader.cancel();
  }
}

async function* sliced(file) {
  for (let at = 0; at < file.size; at += BLOCK) {
    yield new Uint8Array(await file.slice(at, at + BLOCK).arrayBuffer());
  }
}

function blocks(file) {
  if (file.size <= SHORT) return sliced(file);
  try {
    return reused(file.stream().getReader({ mode: "byob" }));
  } catch {
    return sliced(file); // older browsers
  }
}

/** Has each hash eat the whole file. */
async function feed(file, hashes, onBytes) {
  let done = 0;
  let heard = performance.now();
  for await (const block of blocks(file)) {
    for (const hash of hashes) hash.update(block);
    done += block.length;
    onBytes(done);
    // Blocks that are there already come without a pause in which a "cancel" could be heard.
    if (performance.now() - heard > BREATH) {
      await new Promise((resolve) => setTimeout(resolve));
      heard = performance.now();
    }
  }
  // A file that changed meanwhile has no one digest.
  if (done !== file.size) throw new DOMException("the file ended early", "NotReadableError");
}

const having = () => sha256.create().update(BEGINNING);

/**
 * WebCrypto's own SHA-256 wants the whole file in memory and has no MD5, hence a library.
 * @param {Blob} file
 * @param {(done: number) => void} onBytes Called after each block; may throw to stop.
 * @returns {Promise<{sha256: string, md5: string, possession: string}>}
 */
export async function digest(file, onBytes) {
  const [strong, weak, own] = [sha256.create(), md5.create(), having()];
  await feed(file, [strong, weak, own], onBytes);
  return { sha256: toHex(strong.digest()), md5: toHex(weak.digest()), possession: toHex(own.digest()) };
}

/** The second digest alone, as of {@link digest}. */
export async function possessionOf(file, onBytes) {
  const own = having();
  await feed(file, [own], onBytes);
  return toHex(own.digest());
}
