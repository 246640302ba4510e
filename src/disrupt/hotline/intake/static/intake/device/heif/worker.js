/**
 * Opens one HEIC with libheif, where the browser has no decoder of its own, and is then ended by who asked.
 *
 * A worker apart: only here may WebAssembly run, what a hostile file could do to the decoder stays here, and its
 * memory goes with it. It opens no connection; see docs/adr/0114.
 */

import makeLibheif from "../../vendor/libheif/libheif-bundle.js";

/** The picture that the file calls its own: others are its thumbnail, or what a telephone keeps beside it. */
async function pixelsOf(bytes, most) {
  const images = new (makeLibheif().HeifDecoder)().decode(bytes);
  const image = images.find((one) => one.is_primary()) ?? images[0];
  if (!image) return null;
  const [width, height] = [image.get_width(), image.get_height()];
  if (width * height > most) return { tooLarge: true };
  const shown = { width, height, data: new Uint8ClampedArray(4 * width * height) };
  return new Promise((resolve) => {
    image.display(shown, resolve);
  });
}

addEventListener("message", async ({ data: { file, most } }) => {
  try {
    const shown = await pixelsOf(new Uint8Array(await file.arrayBuffer()), most);
    postMessage(shown, shown?.data ? [shown.data.buffer] : []);
  } catch {
    // Damaged, or more than the decoder can hold.
    postMessage(null);
  }
});
