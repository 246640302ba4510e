// What JavaScript adds; every page works without it. Nothing is loaded from, or sent to, anybody else.
"use strict";

const page = document.body;
// The page that makes fingerprints opens no connection, not even to us: there, a form or a link does it.
const QUIET = document.getElementById("device-files") !== null;

// Leave: go at once, without an entry in the history; have the cookies forgotten meanwhile.
function leave() {
  document.documentElement.hidden = true;
  if (QUIET) {
    window.location.replace(page.dataset.leave);
    return;
  }
  navigator.sendBeacon(page.dataset.leave);
  window.location.replace(page.dataset.exit);
}

document.getElementById("exit").addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

// Shift three times within a second and a half, with nothing else in between.
let presses = [];
document.addEventListener("keydown", (event) => {
  if (event.repeat) return;
  if (event.key !== "Shift") {
    presses = [];
    return;
  }
  presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
  if (presses.length >= 3) leave();
});

for (const element of document.querySelectorAll("[data-js]")) element.hidden = false;

// A page that the browser kept for “back” must not come back after it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// Some browsers focus fields only: screen readers begin at what the person must know.
window.addEventListener("load", () => setTimeout(() => {
  const first = document.querySelector("[autofocus]");
  if (first && document.activeElement === document.body) first.focus();
}, 100));

const more = document.getElementById("add-url");
if (more) {
  more.addEventListener("click", (event) => {
    event.preventDefault();
    const rows = document.getElementById("rows");
    const number = rows.children.length + 1;
    if (number > Number(more.dataset.most)) return;
    const row = rows.lastElementChild.cloneNode(true);
    const input = row.querySelector("input");
    const label = row.querySelector("label");
    row.querySelector(".error")?.remove();
    input.id = `url-${number}`;
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", "url-help");
    label.htmlFor = input.id;
    label.textContent = `${more.dataset.label} ${number}`;
    rows.append(row);
    input.focus();
    if (number >= Number(more.dataset.most)) more.hidden = true;
  });
}

const copy = document.getElementById("copy");
if (copy) {
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById("code").dataset.code);
    copy.textContent = copy.dataset.done;
    document.getElementById("copied").textContent = copy.dataset.done;
  });
  document.getElementById("print").addEventListener("click", () => window.print());
}

// Before what is open closes by itself, the person is told, and one press keeps it open (WCAG 2.2.1).
const closing = document.getElementById("closing");
if (closing) {
  const WARN = 5 * 60 * 1000;
  const lasts = Number(closing.dataset.lasts) * 1000;
  const busy = () => document.querySelector("form[data-uploads=busy]") !== null;
  let ends = Date.now() + Number(closing.dataset.in) * 1000;
  const stay = () => {
    const form = document.getElementById("report");
    if (QUIET && form) {
      form.querySelector("#keep").click();
      return;
    }
    fetch(closing.dataset.stay, { method: "POST", credentials: "same-origin" }).then((response) => {
      if (response.ok) ends = Date.now() + lasts;
      look();
    }, () => undefined);
  };
  const look = () => {
    const left = ends - Date.now();
    // Whoever is sending a large file is still there.
    if (left < WARN && busy() && !QUIET) stay();
    else if (left <= 0 && !busy()) window.location.replace(closing.dataset.home);
    closing.hidden = left >= WARN || busy();
  };
  document.getElementById("stay").addEventListener("click", stay);
  document.addEventListener("visibilitychange", look);
  setInterval(look, 5000);
  look();
}

// The proof of work begins when the page opens, so that it is there before the last button is pressed.
const proof = document.getElementById("proof");
if (proof && window.Worker) {
  const { form } = proof;
  const worker = new Worker(proof.dataset.worker);
  let pressed = null;
  let over = false;
  const finish = (value) => {
    over = true;
    proof.value = value;
    worker.terminate();
    if (pressed) form.requestSubmit(pressed.isConnected ? pressed : undefined);
    else if ("atOnce" in form.dataset) form.requestSubmit();
  };
  worker.addEventListener("message", ({ data }) => finish(data));
  // Without a proof the report waits its turn instead.
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    finish("");
  });
  setTimeout(() => over || finish(""), 90000);
  worker.postMessage(proof.dataset.challenge);
  form.addEventListener("submit", (event) => {
    if (over || event.defaultPrevented || event.submitter?.value !== "send") return;
    event.preventDefault();
    pressed = event.submitter;
    document.getElementById("sending").textContent = document.getElementById("sending").dataset.working;
  });
}
