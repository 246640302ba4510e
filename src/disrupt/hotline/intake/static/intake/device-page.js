// The page that makes fingerprints on the person's device. It opens no connection: the form takes the fingerprints along.

import { look, numbered } from "./chosen.js";
import { DeviceError, fingerprint, ready } from "./device/index.js";
import { mended } from "./mended.js";

const input = document.getElementById("device-files");
const list = document.getElementById("device-chosen");
const pattern = document.getElementById("device-line");
const news = document.getElementById("device-news");
const prints = document.getElementById("prints");
const form = input.form;
const texts = input.dataset;
// What the form takes (declared.py): longer films are thinned out evenly.
const MOST_FRAMES = 3600;
const MOST_FRAMES_IN_ALL = 6000;
const FLAT = new Set(["too_small", "low_quality"]);
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

/** The files of this page: {print, controller, working}. */
const entries = new Set();

const still = (pdq, role) => ({ hex: pdq.hex, quality: pdq.quality, role });

/** What the server keeps of a fingerprint, and nothing else. */
function declared(found) {
  const { kind, sha256, md5, possession } = found;
  if (kind === "image") {
    const pdq = found.pdq ? [still(found.pdq, "stored")] : [];
    if (found.upright?.pdq) pdq.push(still(found.upright.pdq, "upright"));
    for (const one of found.shown ?? []) pdq.push(still(one.pdq, "shown"));
    return { kind, sha256, md5, possession, pdq };
  }
  const frames = [...(found.vpdq ?? []), ...(found.upright?.vpdq ?? [])];
  const every = Math.ceil(frames.length / MOST_FRAMES);
  const vpdq = frames.filter((_, index) => index % every === 0)
    .map(({ frame, timestamp, quality, hex }) => ({ frame, timestamp, quality, hex }));
  return { kind, sha256, md5, possession, vpdq };
}

function keep() {
  const made = [...entries].filter((entry) => entry.print).map((entry) => entry.print);
  prints.value = made.length ? JSON.stringify(made) : "";
  form.dataset.uploads = [...entries].some((entry) => entry.working) ? "busy" : "idle";
}

function room(print) {
  const made = [...entries].filter((entry) => entry.print).map((entry) => entry.print);
  const frames = made.reduce((sum, one) => sum + (one.vpdq?.length ?? 0), print.vpdq?.length ?? 0);
  return made.length + Number(texts.have) < Number(texts.most) && frames <= MOST_FRAMES_IN_ALL;
}

function addLine(file) {
  const line = pattern.content.firstElementChild.cloneNode(true);
  const part = (name) => line.querySelector(`[data-part="${name}"]`);
  const entry = { print: null, controller: new AbortController(), working: true, line, part, name: file.name };
  part("name").textContent = file.name;
  part("bar").setAttribute("aria-label", file.name);
  part("state").textContent = texts.waiting;
  part("remove").querySelector(".unseen").textContent = ` ${file.name}`;
  part("remove").addEventListener("click", () => {
    entry.controller.abort();
    entries.delete(entry);
    line.remove();
    keep();
    input.focus();
  });
  entries.add(entry);
  list.append(line);
  look(file, part("look"));
  return entry;
}

function end(entry, text, style) {
  entry.working = false;
  entry.part("bar").hidden = true;
  entry.part("state").textContent = text;
  entry.part("state").className = style;
  if (style === "no") entry.line.dataset.state = "refused";
  news.textContent = `${entry.name}: ${text}`;
}

async function make(file) {
  const entry = addLine(file);
  keep();
  const onProgress = ({ fraction }) => {
    entry.part("bar").value = fraction;
    entry.part("state").textContent = texts.looking.replace("{share}", percent.format(fraction));
  };
  let found = null;
  let code = "";
  try {
    found = await fingerprint(file, { onProgress, signal: entry.controller.signal });
  } catch (error) {
    code = error instanceof DeviceError ? error.code : "failed";
    // The digests alone recognise an exact copy: better than nothing, and said so.
    found = error.partial?.sha256 && error.partial?.md5 ? error.partial : null;
  }
  if (!entries.has(entry)) return;
  const print = found && declared(found);
  if (print && !room(print)) end(entry, texts.too_many, "no");
  else if (print) {
    entry.print = print;
    mended(input);
    // A flat or tiny picture is no better anywhere else; one that only this browser cannot open is.
    const why = FLAT.has(code) ? texts.exact : texts.exactSend;
    end(entry, code ? why : texts.done, code ? "warned" : "good");
  } else end(entry, texts[code] ?? texts.failed, "no");
  keep();
}

numbered(list, texts.name, Number(texts.have));

// This script lists what was chosen: the browser's own “no file chosen” would deny it.
input.closest(".pick").classList.add("ready");

input.addEventListener("change", () => {
  for (const file of input.files) void make(file);
  // The same file may be chosen again, and nothing of it stays in the form.
  input.value = "";
});

form.addEventListener("submit", (event) => {
  const going = event.submitter?.value ?? "continue";
  if (going === "continue" && form.dataset.uploads === "busy") {
    event.preventDefault();
    news.textContent = texts.busy;
    document.getElementById("sending").textContent = texts.busy;
  }
});

// Everything is loaded now: from here on no request is made until the form goes.
ready().then(() => { form.dataset.ready = "yes"; }, () => { news.textContent = texts.failed; });
