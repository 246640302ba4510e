/** A HEIC as a source of rows for `pdqOf`, by a decoder of our own. */

import { DeviceError } from "../errors.js";
import { MAX_HEIF_PIXELS } from "../limits.js";
import { rowsSource } from "../reading/sources.js";

/**
 * @param {Blob} file
 * @returns {Promise<import("../hashing/pdq.js").Source|null>} Null where the file cannot be opened.
 */
export async function heifSource(file) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  try {
    const shown = await new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
      worker.addEventListener("error", reject, { once: true });
      worker.postMessage({ file, most: MAX_HEIF_PIXELS });
    });
    if (shown?.tooLarge) throw new DeviceError("too_large");
    if (!shown) return null;
    const { width, height, data } = shown;
    const read = (first, count) => data.subarray(4 * width * first, 4 * width * (first + count));
    return rowsSource(width, height, read, false, () => {});
  } finally {
    worker.terminate();
  }
}
