// Sends chosen files at once, each with its progress, and lets the form wait for them.
// Without it the form sends them itself. Nothing of a file's name leaves this page or stays in the browser.

import { look } from "../chosen.js";
import { inWords, linesOf, say } from "./lines.js";
import { fingerprint, forgetAll, nameOf, remembered } from "./memory.js";
import { senderOf, takeBack } from "./sending.js";

const input = document.getElementById("files");
if (input && window.fetch && input.form) begin();

function begin() {
  const { dataset: texts, form } = input;
  const lines = linesOf(input);
  const { entries, news, add, turn, busy, stuck } = lines;
  const { ask } = senderOf(input, lines, afterwards);
  const { resume } = lines.acts;

  // ---- Files are taken in as they are chosen.

  async function take(file) {
    const wrong = file.size === 0 ? texts.empty
      : file.size > Number(texts.largest) ? texts.tooLarge
      : entries.filter((one) => one.state !== "refused").length >= Number(texts.most) ? texts.tooMany : "";
    if (wrong) return turn(add(file.name, file.size), "refused", wrong);
    let print;
    try {
      print = await fingerprint(file);
    } catch {
      return turn(add(file.name, file.size), "refused", texts.unreadable);
    }
    const twin = entries.find((one) => one.print === print && one.state !== "refused");
    if (twin) {
      news.textContent = texts.twice;
      if (twin.state === "failed" || twin.state === "paused") resume(twin);
      return undefined;
    }
    const name = remembered()[print];
    const known = name && entries.find((one) => one.url && nameOf(one.url) === name);
    if (known && known.state === "done") {
      news.textContent = texts.twice;
      return undefined;
    }
    const entry = known || add(file.name, file.size);
    Object.assign(entry, { file, print });
    look(file, entry.part("look"));
    if (known) {
      entry.part("name").textContent = `${file.name} (${inWords(file.size)})`;
      entry.name = file.name;
    }
    return turn(entry, "queued");
  }

  async function takeAll() {
    const chosen = [...input.files];
    // From here on the script sends them, not the form.
    input.value = "";
    await ask().catch(() => null);
    for (const file of chosen) await take(file);
  }

  input.addEventListener("change", takeAll);
  // The script lists what was chosen: the browser's own “no file chosen” would deny it.
  input.closest(".pick").classList.add("ready");
  window.addEventListener("online", () => {
    for (const entry of entries.filter((one) => one.state === "failed" && one.file)) resume(entry);
  });

  // ---- The form waits for its files.

  let waiting = null;
  let warned = false;
  let gone = false;
  const status = document.getElementById("sending") || document.getElementById("uploads-wait");

  function afterwards() {
    if (!waiting) return;
    const left = busy().length;
    if (left) {
      const all = entries.filter((one) => one.state !== "refused").length;
      status.textContent = say(texts.waiting, { whole: all - left - stuck().length, all });
      return;
    }
    const { button } = waiting;
    waiting = null;
    status.textContent = "";
    form.requestSubmit(button);
  }

  form.addEventListener("submit", (event) => {
    for (const entry of entries.filter((one) => one.state === "paused")) resume(entry);
    if (busy().length) {
      event.preventDefault();
      waiting = { button: event.submitter };
      afterwards();
      return;
    }
    if (stuck().length && !warned) {
      event.preventDefault();
      warned = true;
      status.textContent = say(texts.stuck, { count: stuck().length });
      return;
    }
    for (const entry of stuck()) if (entry.url) takeBack(entry);
    gone = true;
    forgetAll();
    if (input.files.length || entries.length) status.textContent = status.dataset.text || "";
  });

  window.addEventListener("beforeunload", (event) => {
    // Who leaves in a hurry (the page is hidden then) must not be asked anything.
    if (gone || document.documentElement.hidden || !busy().length) return;
    event.preventDefault();
    event.returnValue = "";
  });

  window.addEventListener("pagehide", () => {
    if (document.documentElement.hidden) forgetAll();
  });

  // Some browsers keep chosen files over a reload: those go on by themselves.
  ask().catch(() => null).then(() => {
    if (input.files.length) takeAll();
  });
}
