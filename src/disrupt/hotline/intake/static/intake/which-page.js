// Which file of the report is which: the device compares what is chosen again, and draws a small look beside its number.
// Nothing is sent: the field has no name and stands in no form. What is drawn goes with the page (docs/adr/0129).

import { look } from "./chosen.js";

const input = document.getElementById("which-files");
const found = document.getElementById("which-found");
const texts = input.dataset;
const marks = JSON.parse(texts.marks);
const declared = marks.filter((mark) => mark.sha256);

// This script lists what was chosen: the browser's own “no file chosen” would deny it.
input.closest(".pick").classList.add("ready");

/** What a file may be: those of its length, and what this device made the fingerprint of. */
async function known(file) {
  const alike = marks.filter((mark) => mark.size === file.size);
  if (alike.length || !declared.length) return alike;
  const { digest } = await import("./device/hashing/digest.js");
  const { sha256 } = await digest(file, () => {});
  return declared.filter((mark) => mark.sha256 === sha256);
}

async function show(file) {
  const line = document.createElement("li");
  let said = texts.failed;
  try {
    const alike = await known(file);
    said = alike.map((mark) => mark.name).join(" / ") || texts.none;
    const canvas = alike.length === 1 && document.querySelector(`[data-look="${alike[0].number}"]`);
    if (canvas) look(file, canvas);
  } catch {
    // A file that went away meanwhile is named, and nothing more.
  }
  const name = document.createElement("bdi");
  name.textContent = file.name;
  line.append(name, ` – ${said}`);
  found.append(line);
}

input.addEventListener("change", async () => {
  const files = [...input.files];
  // The same file may be chosen again.
  input.value = "";
  found.replaceChildren();
  for (const canvas of document.querySelectorAll("[data-look]")) canvas.hidden = true;
  for (const file of files) await show(file);
});
