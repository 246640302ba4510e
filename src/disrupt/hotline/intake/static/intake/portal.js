// What JavaScript adds; every page works without it. Nothing is loaded from, or sent to, anybody else.
"use strict";

const page = document.body;
// The page that makes fingerprints opens no connection, not even to us: there, a form or a link does it.
const QUIET = document.getElementById("device-files") !== null;

// Leave: go at once, without an entry in the history; have the cookies forgotten meanwhile.
function leave() {
  document.documentElement.hidden = true;
  // A browser that cannot send the word meanwhile takes it along on its way.
  const told = !QUIET && navigator.sendBeacon && navigator.sendBeacon(page.dataset.leave);
  window.location.replace(told ? page.dataset.exit : page.dataset.leave);
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
for (const element of document.querySelectorAll("[data-no-js]")) element.hidden = true;

// A page that the browser kept for “back” must not come back after it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

// Some browsers focus fields only: screen readers begin at what the person must know.
window.addEventListener("load", () => setTimeout(() => {
  const first = document.querySelector("[autofocus]");
  if (first && document.activeElement === document.body) first.focus();
}, 100));
