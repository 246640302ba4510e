// Who has lost the code: the file stays here, and only a figure that nobody can make without it goes with the form.

import { possessionOf } from "./device/hashing/digest.js";

const input = document.getElementById("lost-files");
const news = document.getElementById("lost-news");
const prints = document.getElementById("prints");
const ask = document.getElementById("ask");
const texts = input.dataset;
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
let turn = 0;

// From here on the form cannot send the file, whatever happens below.
input.removeAttribute("name");
input.closest(".pick").classList.add("ready");

input.addEventListener("change", async () => {
  const mine = ++turn;
  const made = [];
  prints.value = "";
  ask.disabled = true;
  try {
    for (const file of input.files) {
      made.push(await possessionOf(file, (done) => {
        if (mine !== turn) throw new DOMException("another file was chosen", "AbortError");
        news.textContent = texts.working.replace("{share}", percent.format(done / file.size));
      }));
    }
    if (mine !== turn) return;
    prints.value = made.length ? JSON.stringify(made) : "";
    news.textContent = made.length ? texts.done : "";
  } catch {
    if (mine === turn) news.textContent = texts.failed;
  }
  if (mine === turn) ask.disabled = false;
});
