/** What only a page can do for the worker: show a film in a <video>, and use a canvas where workers have none. */

import { DeviceError } from "./errors.js";
import { rowReader } from "./reading/sources.js";

/** A browser that says nothing for so long will not. */
const PATIENCE = 30_000;

/** How often, and after how many milliseconds, a frame that should have changed is looked at again. */
const TRIES = 12;
const BETWEEN = 25;

/** Seconds that no film has. */
const BEYOND = 1e7;

/** Waits for one of a media element's events. */
function heard(video, name) {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const end = (settle, value) => {
      clearTimeout(timer);
      stop.abort();
      settle(value);
    };
    const timer = setTimeout(end, PATIENCE, reject, new DeviceError("unsupported"));
    const failed = () => {
      const damaged = video.error?.code === MediaError.MEDIA_ERR_DECODE;
      end(reject, new DeviceError(damaged ? "unreadable" : "unsupported"));
    };
    video.addEventListener(name, () => end(resolve), { signal: stop.signal });
    video.addEventListener("error", failed, { signal: stop.signal });
  });
}

function makeCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** Each public method answers one call of the worker, by name; [value, things to hand over]. */
export class Hands {
  video = null;
  shown = null;
  address = null;
  bitmap = null;
  read = null;

  async openPicture(blob, options) {
    this.bitmap = await createImageBitmap(blob, options);
    const { width, height } = this.bitmap;
    this.read = rowReader(this.bitmap, width, makeCanvas);
    return [{ width, height }, []];
  }

  async rows(first, count) {
    const data = this.read(first, count);
    return [data, [data.buffer]];
  }

  async openFilm(file, workerDraws) {
    this.workerDraws = workerDraws;
    this.address = URL.createObjectURL(file);
    const video = document.createElement("video");
    this.video = video;
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    const loaded = heard(video, "loadeddata");
    video.src = this.address;
    video.load();
    await loaded;
    if (video.videoWidth === 0) throw new DeviceError("unsupported");
    if (video.duration === Infinity) await this.#findEnd();
    return [{ duration: video.duration }, []];
  }

  /** What a browser recorded does not say how long it is; looked for beyond its end, the browser finds out. */
  async #findEnd() {
    await this.#seek(BEYOND);
    await this.#seek(0);
  }

  async #seek(time) {
    const video = this.video;
    if (video.currentTime === time) return;
    const there = heard(video, "seeked");
    video.currentTime = time;
    await there;
  }

  /** The decoder's own frame where the browser gives it, else what it shows. */
  async #picture() {
    try {
      if (typeof VideoFrame !== "undefined") return new VideoFrame(this.video);
    } catch {
      // Protected or not ready: a bitmap may do.
    }
    return createImageBitmap(this.video, { colorSpaceConversion: "none" });
  }

  /** Now and then a browser says "seeked" and still shows the frame before: then it is asked again. */
  async #newPicture() {
    for (let n = 0; ; n++) {
      const frame = await this.#picture();
      if (frame.timestamp === undefined || frame.timestamp !== this.shown || n === TRIES) {
        this.shown = frame.timestamp;
        return frame;
      }
      frame.close();
      await new Promise((resolve) => setTimeout(resolve, BETWEEN));
    }
  }

  async frameAt(time) {
    await this.#seek(time);
    const { videoWidth: width, videoHeight: height } = this.video;
    const frame = await this.#newPicture();
    if (this.workerDraws || frame.format) return [{ frame, width, height }, [frame]];
    const pixels = rowReader(frame, width, makeCanvas)(0, height);
    frame.close();
    return [{ pixels, width, height }, [pixels.buffer]];
  }

  async timeOfFrame(time) {
    await this.#seek(time);
    if (typeof VideoFrame === "undefined") return [null, []];
    const frame = new VideoFrame(this.video);
    const at = frame.timestamp / 1e6;
    frame.close();
    return [at, []];
  }

  /** Lets go of everything: telephones allow few decoders at a time. */
  async close() {
    this.bitmap?.close();
    if (this.video) {
      this.video.removeAttribute("src");
      this.video.load();
    }
    if (this.address) URL.revokeObjectURL(this.address);
    this.video = this.shown = this.address = this.bitmap = this.read = null;
    return [null, []];
  }
}
