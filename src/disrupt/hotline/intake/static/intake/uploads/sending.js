// Sends the files of a list, a few at a time, and goes on after an interruption (tus 1.0).

import { say } from "./lines.js";
import { nameOf, remember, storage } from "./memory.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const AT_ONCE = 3;
const PIECE = 8 * 1024 * 1024;
// About twenty minutes of trying; each byte that arrives starts it anew.
const PAUSES = [0, 1000, 2000, 5000, 10000, 15000, ...Array(38).fill(30000)];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function takeBack(entry) {
  return fetch(entry.url, { method: "DELETE", headers: TUS, credentials: "same-origin", keepalive: true })
    .catch(() => null);  // it is destroyed after a day all the same
}

/** What sends the files of these lines; `afterwards` is called whenever fewer may be on their way. */
export function senderOf(input, lines, afterwards) {
  const texts = input.dataset;
  const { entries, show, turn } = lines;

  let library = null;
  function load() {
    library ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = texts.library;
      script.onload = resolve;
      script.onerror = () => {
        library = null;
        reject(new Error("the library did not load"));
      };
      document.head.append(script);
    });
    return library;
  }

  // What is there already (after a reload); the answer also brings the cookie that all uploads need.
  let asked = null;
  function ask() {
    asked ||= fetch(texts.uploads, { headers: TUS, credentials: "same-origin" }).then(async (response) => {
      if (!response.ok) throw new Error("no list");
      const { uploads } = await response.json();
      // The list says what is safe on the disk; the sealed store may hold more of one that was interrupted.
      await Promise.all(uploads.filter((one) => one.offset < one.length).map(async (one) => {
        const now = await fetch(one.url, { method: "HEAD", headers: TUS, credentials: "same-origin" });
        one.offset = Number(now.headers.get("Upload-Offset")) || one.offset;
      }));
      uploads.forEach((one, index) => {
        if (entries.some((entry) => entry.url && nameOf(entry.url) === nameOf(one.url))) return;
        const entry = lines.add(say(texts.unnamed, { number: index + 1 }), one.length);
        entry.url = one.url;
        entry.sent = one.offset;
        turn(entry, one.offset === one.length ? "done" : "known");
      });
    }).catch((error) => {
      asked = null;
      throw error;
    });
    return asked;
  }

  function next() {
    const running = entries.filter((one) => one.state === "sending" || one.state === "trying").length;
    for (const entry of entries.filter((one) => one.state === "queued").slice(0, Math.max(AT_ONCE - running, 0))) {
      entry.state = "sending";
      show(entry);
      send(entry);
    }
    afterwards();
  }

  // Files are announced one after the other, in the order in which they were chosen: so they are numbered.
  let announced = Promise.resolve();
  const announce = (entry) => {
    const before = announced;
    announced = new Promise((resolve) => {
      entry.begun = resolve;
    });
    return before;
  };

  async function send(entry) {
    await announce(entry);
    for (let n = 0; ; n += 1) {
      try {
        await ask();
        await load();
        break;
      } catch {
        if (entry.state !== "sending" && entry.state !== "trying") return;
        if (n >= PAUSES.length) {
          entry.begun();
          return turn(entry, "failed");
        }
        entry.state = "trying";
        show(entry);
        await pause(PAUSES[n]);
      }
    }
    if (entry.state !== "sending" && entry.state !== "trying") return;
    entry.upload ||= new window.tus.Upload(entry.file, {
      endpoint: new URL(texts.uploads, window.location.href).href,
      uploadUrl: entry.url ? new URL(entry.url, window.location.href).href : null,
      chunkSize: PIECE,
      retryDelays: PAUSES,
      urlStorage: storage,
      fingerprint: async () => entry.print,
      onShouldRetry: (error) => {
        const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
        const again = status === 0 || status >= 500 || status === 409 || status === 423;
        if (again && entry.state === "sending") {
          entry.state = "trying";
          show(entry);
        }
        return again;
      },
      onProgress: (sent) => {
        if (entry.state !== "sending" && entry.state !== "trying") return;
        const before = Math.floor((100 * entry.sent) / entry.size);
        if (sent > entry.sent || entry.state === "sending") entry.state = "sending";
        entry.sent = sent;
        if (Math.floor((100 * sent) / entry.size) !== before) show(entry);
      },
      onUploadUrlAvailable: () => {
        entry.url = new URL(entry.upload.url, window.location.href).pathname;
        entry.begun();
      },
      onChunkComplete: () => {
        if (entry.state === "trying") {
          entry.state = "sending";
          show(entry);
        }
      },
      onSuccess: () => {
        entry.sent = entry.size;
        turn(entry, "done");
      },
      onError: (error) => {
        entry.begun();
        const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
        if (status === 413) turn(entry, "refused", texts.tooMany);
        else turn(entry, "failed");
      },
    });
    entry.upload.start();
  }

  lines.turned = next;
  lines.acts = {
    pause(entry) {
      entry.begun?.();
      entry.upload?.abort();
      turn(entry, "paused");
    },
    resume(entry) {
      turn(entry, "queued");
    },
    async remove(entry) {
      const at = entries.indexOf(entry);
      entry.state = "removed";
      entries.splice(at, 1);
      entry.line.remove();
      (entries[at]?.line.querySelector("button:not([hidden])") || input).focus();
      lines.news.textContent = texts.removed;
      entry.begun?.();
      if (entry.print) remember(entry.print, null);
      entry.upload?.abort();
      if (entry.url) await takeBack(entry);
      next();
    },
  };

  return { ask };
}
