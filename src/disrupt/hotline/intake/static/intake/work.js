/**
 * A worker that looks for a proof of work: the number that makes SHA-256 of `challenge:number` begin with zeros.
 *
 * The message fits one block, so the compression function (FIPS 180-4, 6.2.2) is all that is needed.
 */
"use strict";

const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
// The first 32 bits of the fractional parts of the roots.
const fraction = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const K = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const w = new Int32Array(64);

/** Leading zero bits of the hash of the block in w[0..15]; only the first word decides (at most 32). */
function zeros() {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let i = 0; i < 64; i++) {
    const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + S1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return Math.clz32((START[0] + a) | 0);
}

function solve(challenge) {
  const bits = Number(challenge.split(".")[1]);
  const block = new Uint8Array(64);
  const view = new DataView(block.buffer);
  const head = `${challenge}:`;
  for (let i = 0; i < head.length; i++) block[i] = head.charCodeAt(i);
  for (let number = 0; ; number++) {
    const digits = String(number);
    for (let i = 0; i < digits.length; i++) block[head.length + i] = digits.charCodeAt(i);
    const length = head.length + digits.length;
    block[length] = 0x80;
    view.setUint32(60, length * 8);
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(4 * i);
    if (zeros() >= bits) return head + digits;
  }
}

addEventListener("message", ({ data }) => postMessage(solve(data)));
