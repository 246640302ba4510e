// The keyboard. Every key stands on something that can be pressed as well; nothing works by keys alone.
"use strict";

const SINGLE = "console-single-keys";
const root = document.documentElement;

function single() {
  try { return localStorage.getItem(SINGLE) !== "off"; } catch { return true; }
}

function show() { root.classList.toggle("keys", single()); }

function typing(target) {
  return Boolean(target.closest("input:not([type=radio], [type=checkbox]), select, textarea"));
}

// What a key stands on: the first thing on the page that names it and is not hidden.
function named(key) {
  return [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => !one.closest("[hidden]"));
}

function press(key, event) {
  const found = named(key);
  if (!found) return;
  event.preventDefault();
  if (found.type === "radio" || found.type === "checkbox") {
    found.checked = found.type === "radio" || !found.checked;
    found.focus();
    found.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    found.click();
  }
}

const keys = document.getElementById("keys");
const go = document.getElementById("go");

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.repeat || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (control && key === "k") {
    event.preventDefault();
    open();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (control) {
    if (key === "enter") press("ctrl+enter", event);
    return;
  }
  if (typing(event.target)) return;
  if (key === "enter") {
    // On a link or a button, Enter is that one's.
    if (!event.target.closest("a, button, summary, input, label")) press("enter", event);
    return;
  }
  if (!single()) return;
  if (key === "?") {
    event.preventDefault();
    keys.showModal();
  } else if (key === "r") {
    const reasoning = document.getElementById("id_reasoning");
    if (reasoning) {
      event.preventDefault();
      reasoning.focus();
    }
  } else if (key.length === 1) {
    press(key, event);
  }
});

const box = document.getElementById("single-keys");
box.checked = single();
box.addEventListener("change", () => {
  try { localStorage.setItem(SINGLE, box.checked ? "on" : "off"); } catch { /* kept for this page only */ }
  show();
});

// Ctrl-K: the links of the menu and of the queue, by their words; anything else is looked for as a reference.
const field = go.querySelector("input[name=q]");
const list = go.querySelector("ul");

function places() {
  const wanted = field.value.trim().toLowerCase();
  const links = document.querySelectorAll("header nav a, .strip a, .queue th a, .others a, .crumbs a");
  const seen = new Set();
  list.replaceChildren(...[...links].filter((one) => {
    const fits = one.textContent.toLowerCase().includes(wanted) && !seen.has(one.href);
    seen.add(one.href);
    return fits;
  }).slice(0, 8).map((one) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = one.href;
    link.textContent = one.textContent.trim().replace(/\s+/g, " ");
    item.append(link);
    return item;
  }));
}

function open() {
  field.value = "";
  places();
  if (!go.open) go.showModal();
  field.focus();
}

field.addEventListener("input", places);
field.form.addEventListener("submit", (event) => {
  const first = list.querySelector("a");
  if (!first || /^d?-?[0-9a-f]{8}$/i.test(field.value.trim())) return;
  event.preventDefault();
  location.assign(first.href);
});

show();
