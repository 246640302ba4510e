// The lines of the list, one a file. State: queued, sending, paused, trying, done, known, failed, refused.

import { numbered } from "../chosen.js";
import { mended } from "../mended.js";

const inLanguage = document.documentElement.lang;

export const say = (text, values) => Object.entries(values).reduce((all, [key, value]) => all.replace(`{${key}}`, value), text);

export function inWords(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(Math.floor(Math.log(bytes || 1) / Math.log(1024)), 3);
  return new Intl.NumberFormat(inLanguage, {
    style: "unit", unit: units[power], unitDisplay: "short", maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(bytes / 1024 ** power);
}

const percent = (share) => new Intl.NumberFormat(inLanguage, { style: "percent" }).format(share);

/** The list of a file field. Its owner sets `acts`, which answer the buttons, and `turned`, told of each new state. */
export function linesOf(input) {
  const texts = input.dataset;
  const list = document.getElementById("chosen");
  const pattern = document.getElementById("upload-line");
  const news = document.getElementById("uploads-news");
  const entries = [];
  numbered(list, texts.unnamed, Number(texts.have));
  const lines = { entries, news, acts: {}, turned: () => {}, add, show, turn, busy, stuck };

  function add(name, size) {
    const line = pattern.content.firstElementChild.cloneNode(true);
    const part = (what) => line.querySelector(`[data-part="${what}"]`);
    const entry = { line, name, size, sent: 0, state: "queued", why: "", url: "", part };
    part("name").textContent = `${name} (${inWords(size)})`;
    part("bar").setAttribute("aria-label", name);
    for (const button of line.querySelectorAll("button")) {
      button.querySelector(".unseen").textContent = ` ${name}`;
      button.addEventListener("click", () => lines.acts[button.dataset.act](entry));
    }
    entries.push(entry);
    list.append(line);
    show(entry);
    return entry;
  }

  function show(entry) {
    const { state, part } = entry;
    const moving = state === "sending" || state === "queued" || state === "trying";
    part("bar").hidden = state === "refused" || state === "done";
    part("bar").value = entry.sent / (entry.size || 1);
    const share = percent(Math.floor((100 * entry.sent) / (entry.size || 1)) / 100);
    part("state").textContent = say({
      queued: texts.queued, sending: texts.sending, paused: texts.paused, trying: texts.trying,
      done: texts.done, known: texts.known, failed: texts.failed, refused: entry.why,
    }[state], { share });
    part("state").className = { done: "good", refused: "no", failed: "no" }[state] || "small";
    entry.line.querySelector("[data-act=pause]").hidden = !moving;
    entry.line.querySelector("[data-act=resume]").hidden = state !== "paused" && state !== "failed";
    entry.line.dataset.state = state;
    input.form.dataset.uploads = busy().length ? "busy" : "idle";
  }

  function turn(entry, state, why = "") {
    const focused = entry.line.contains(document.activeElement) && document.activeElement;
    entry.state = state;
    entry.why = why;
    show(entry);
    if (state === "done") mended(input);
    // A button that goes away must not take the keyboard's place with it.
    if (focused && focused.hidden) entry.line.querySelector("button:not([hidden])")?.focus();
    if (state === "done" || state === "failed") {
      const whole = entries.filter((one) => one.state === "done").length;
      const all = entries.filter((one) => one.state !== "refused").length;
      news.textContent = state === "failed" ? `${entry.name}: ${texts.failed}` : say(texts.count, { whole, all });
    }
    lines.turned();
  }

  function busy() {
    return entries.filter((one) => ["queued", "sending", "trying", "paused"].includes(one.state));
  }

  function stuck() {
    return entries.filter((one) => ["known", "failed"].includes(one.state));
  }

  return lines;
}
