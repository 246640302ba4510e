// What JavaScript adds; every page works without it. Nothing is loaded from, or sent to, anybody else.
"use strict";

const page = document.body;

// Leave: go at once, without an entry in the history; have the cookies forgotten meanwhile.
function leave() {
  document.documentElement.hidden = true;
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
