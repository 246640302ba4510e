/**
 * Fingerprints made on the person's own device: nothing of the file leaves it, not even its name.
 *
 *     import { fingerprint, ready, DeviceError } from ".../device/index.js";
 *     const found = await fingerprint(file, { onProgress: ({ fraction }) => { bar.value = fraction; }, signal });
 *
 * The page sends what it is given, if the person agrees; this module has no means of sending anything.
 */

import { DeviceError } from "./errors.js";
import { Hands } from "./hands.js";

export { DeviceError };

/**
 * @typedef {{hex: string, quality: number}} Pdq
 *
 * The JSON of `disrupt hash`, without the path. Width and height are of the pixels as stored, `pdq` is of those
 * pixels, `upright` of the picture as shown, only where Exif turns it.
 * @typedef {{kind: "image", sha256: string, md5: string, width: number, height: number, pdq: Pdq,
 *   upright?: {pdq: Pdq}, notes?: string[]}} ImagePrint
 * @typedef {{kind: "video", sha256: string, md5: string, width: number, height: number, duration: number,
 *   vpdq: {frame: number, timestamp: number, quality: number, hex: string}[]}} VideoPrint
 *
 * `fraction` from 0 to 1 over the whole file; `stage` for words.
 * @typedef {{stage: "reading"|"looking", fraction: number}} Progress
 */

/** One worker for many files, which wait for each other: a telephone has memory for one. */
export class Fingerprinter {
  #worker = null;
  #ready = null;
  #hands = new Hands();
  #queue = Promise.resolve();
  #job = null;
  #count = 0;
  #routes;

  /** @param {{routes?: string[]}} [options] `routes`: for tests, which decoders may be used (image.js). */
  constructor({ routes } = {}) {
    this.#routes = routes;
  }

  /**
   * Loads the worker and all its modules; after it, fingerprints need no network at all.
   * @returns {Promise<void>} Rejects with `failed`.
   */
  ready() {
    this.#ready ??= new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      this.#worker = worker;
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        this.close();
        reject(new DeviceError("failed"));
      });
      worker.addEventListener("message", ({ data }) => {
        if (data.op === "ready") resolve();
        else if (data.op === "ask") void this.#answer(worker, data);
        else if (data.op === "progress") this.#job?.onProgress?.({ stage: data.stage, fraction: data.fraction });
        else this.#job?.end(data);
      });
    });
    return this.#ready;
  }

  /**
   * @param {Blob} file
   * @param {{onProgress?: (progress: Progress) => void, signal?: AbortSignal}} [options]
   * @returns {Promise<ImagePrint|VideoPrint>} Rejects with a DeviceError, whose code says why.
   */
  fingerprint(file, { onProgress, signal } = {}) {
    return new Promise((resolve, reject) => {
      const cancel = () => reject(new DeviceError("cancelled"));
      if (signal?.aborted) return cancel();
      signal?.addEventListener("abort", cancel, { once: true });
      this.#queue = this.#queue
        .then(() => (signal?.aborted ? undefined : this.#run(file, onProgress, signal)))
        .then(resolve, reject)
        .finally(() => signal?.removeEventListener("abort", cancel));
    });
  }

  /** Ends the worker and frees what it holds; the next file starts another. */
  close() {
    this.#worker?.terminate();
    this.#worker = this.#ready = null;
    void this.#hands.close();
    this.#job?.end({ op: "error", code: "failed", partial: null });
  }

  async #run(file, onProgress, signal) {
    await this.ready();
    const worker = this.#worker;
    const job = ++this.#count;
    const stop = () => worker.postMessage({ op: "cancel" });
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        const end = ({ op, value, code, partial }) =>
          op === "done" ? resolve(value) : reject(new DeviceError(code, partial));
        this.#job = { onProgress: (progress) => signal?.aborted || onProgress?.(progress), end };
        worker.postMessage({ op: "fingerprint", job, file, routes: this.#routes });
      });
    } finally {
      this.#job = null;
      signal?.removeEventListener("abort", stop);
    }
  }

  async #answer(worker, { call, name, values }) {
    try {
      const [value, transfer] = await this.#hands[name](...values);
      worker.postMessage({ op: "answer", call, value }, transfer);
    } catch (error) {
      const code = error instanceof DeviceError ? error.code : null;
      worker.postMessage({ op: "answer", call, code });
    }
  }
}

const shared = new Fingerprinter();

/** @see Fingerprinter#ready */
export const ready = () => shared.ready();

/** @see Fingerprinter#fingerprint */
export const fingerprint = (/** @type {Blob} */ file, options) => shared.fingerprint(file, options);
