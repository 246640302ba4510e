/** The module worker: reads, decodes and hashes, one file at a time. It opens no connection of any kind. */

import { digest } from "./hashing/digest.js";
import { DeviceError } from "./errors.js";
import { filmPrints } from "./film.js";
import { imagePrints } from "./image.js";
import { MAX_BYTES, MIN_QUALITY, MIN_SIDE } from "./limits.js";
import { HEAD, sniff } from "./reading/sniff.js";

/** The part of the bar that reading takes; hashing a film takes longer than reading it. */
const READING = { image: 0.6, video: 0.2 };

let current = null;
let calls = 0;
/** @type {Map<number, {resolve: Function, reject: Function}>} Calls to the page that wait for its answer. */
const waiting = new Map();

/** Has the page do something that only it can; see hands.js. */
function ask(name, ...values) {
  return new Promise((resolve, reject) => {
    waiting.set(++calls, { resolve, reject });
    postMessage({ op: "ask", call: calls, name, values });
  });
}

function answered({ call, value, code }) {
  const asked = waiting.get(call);
  waiting.delete(call);
  if (code === undefined) asked?.resolve(value);
  else asked?.reject(code === null ? new Error("the page could not") : new DeviceError(code));
}

/** Quality decides whether anything but an exact copy could ever be recognised. */
function judge(found) {
  if (found.kind === "image") {
    if (Math.min(found.width, found.height) < MIN_SIDE) throw new DeviceError("too_small", found);
    if (found.pdq.quality < MIN_QUALITY) throw new DeviceError("low_quality", found);
  } else if (!found.vpdq.some((frame) => frame.quality >= MIN_QUALITY)) {
    throw new DeviceError("low_quality", found);
  }
  return found;
}

async function fingerprint(file, routes) {
  const job = { cancelled: false };
  current = job;
  const alive = () => {
    if (job.cancelled) throw new DeviceError("cancelled");
  };
  if (file.size === 0) throw new DeviceError("empty");
  if (file.size > MAX_BYTES) throw new DeviceError("too_large");
  const media = sniff(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  if (media === "unknown") throw new DeviceError("unsupported");
  const kind = media === "video" ? "video" : "image";
  const share = READING[kind];
  let told = 0;
  const tell = (stage, fraction) => {
    // A message each percent at most: a slow page has better to do.
    if (fraction < told + 0.01 && fraction < 1) return;
    told = fraction;
    postMessage({ op: "progress", stage, fraction });
  };
  const digests = await digest(file, (done) => {
    alive();
    tell("reading", (share * done) / file.size);
  });
  const progress = (part) => tell("looking", share + (1 - share) * part);
  try {
    const looked =
      kind === "video"
        ? await filmPrints(file, { ask, progress, alive })
        : await imagePrints(file, media, { ask, progress, alive, routes });
    return judge({ kind, ...digests, ...looked });
  } catch (error) {
    if (error instanceof DeviceError) error.partial ??= { kind, ...digests };
    throw error;
  }
}

/** A read that the system refuses (file moved, permission gone) and a decoder's complaint are the file's fault. */
function codeOf(error) {
  if (error instanceof DeviceError) return error.code;
  if (error instanceof RangeError) return "too_large"; // no room for an array of that size
  return error instanceof DOMException ? "unreadable" : "failed";
}

async function run({ job, file, routes }) {
  try {
    postMessage({ op: "done", job, value: await fingerprint(file, routes) });
  } catch (error) {
    postMessage({ op: "error", job, code: codeOf(error), partial: error.partial ?? null });
  } finally {
    current = null;
  }
}

addEventListener("message", ({ data }) => {
  if (data.op === "fingerprint") void run(data);
  else if (data.op === "answer") answered(data);
  else if (data.op === "cancel" && current) current.cancelled = true;
});
postMessage({ op: "ready" });
