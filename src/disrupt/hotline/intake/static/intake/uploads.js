// Sends chosen files at once, each with its progress, and goes on after an interruption (tus 1.0).
// Without it the form sends them itself. Nothing of a file's name leaves this page or stays in the browser.
"use strict";

(() => {
  const input = document.getElementById("files");
  if (!input || !window.fetch || !input.form) return;
  const { dataset: texts, form } = input;
  const list = document.getElementById("chosen");
  const pattern = document.getElementById("upload-line");
  const news = document.getElementById("uploads-news");
  const tus = { "Tus-Resumable": "1.0.0" };
  const AT_ONCE = 3;
  const PIECE = 8 * 1024 * 1024;
  // About twenty minutes of trying; each byte that arrives starts it anew.
  const PAUSES = [0, 1000, 2000, 5000, 10000, 15000, ...Array(38).fill(30000)];
  const MEMORY = "files";

  // ---- What must survive a reload of this tab: which upload a file belongs to. Never its name.

  function remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(MEMORY)) || {};
    } catch {
      return {};
    }
  }

  // The last part of an upload's address; the rest depends on the language.
  const nameOf = (url) => url.split("/").filter(Boolean).pop();

  function remember(print, url) {
    const all = remembered();
    if (url) all[print] = nameOf(url);
    else delete all[print];
    try {
      sessionStorage.setItem(MEMORY, JSON.stringify(all));
    } catch {
      // A browser that stores nothing: a reload starts the file anew.
    }
  }

  function forgetAll() {
    try {
      sessionStorage.removeItem(MEMORY);
    } catch {
      // Nothing was stored.
    }
  }

  // The same file chosen again is known by its size, its date and its beginning.
  async function fingerprint(file) {
    const head = new Uint8Array(await file.slice(0, 65536).arrayBuffer());
    const about = new TextEncoder().encode(`${file.size} ${file.lastModified} `);
    if (!window.crypto?.subtle) return `${file.size}-${file.lastModified}`;
    const both = new Uint8Array(about.length + head.length);
    both.set(about);
    both.set(head, about.length);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", both));
    return Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const storage = {
    findAllUploads: async () => [],
    findUploadsByFingerprint: async () => [],
    removeUpload: async (print) => remember(print, null),
    addUpload: async (print, upload) => {
      remember(print, upload.uploadUrl);
      return print;
    },
  };

  // ---- The lines of the list. State: queued, sending, paused, trying, done, known, failed, refused.

  const entries = [];
  const inLanguage = document.documentElement.lang;
  const say = (text, values) => Object.entries(values).reduce((all, [key, value]) => all.replace(`{${key}}`, value), text);

  function inWords(bytes) {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const power = Math.min(Math.floor(Math.log(bytes || 1) / Math.log(1024)), 3);
    return new Intl.NumberFormat(inLanguage, {
      style: "unit", unit: units[power], unitDisplay: "short", maximumFractionDigits: power > 1 ? 1 : 0,
    }).format(bytes / 1024 ** power);
  }

  const percent = (share) => new Intl.NumberFormat(inLanguage, { style: "percent" }).format(share);

  function addLine(name, size) {
    const line = pattern.content.firstElementChild.cloneNode(true);
    const part = (what) => line.querySelector(`[data-part="${what}"]`);
    const entry = { line, name, size, sent: 0, state: "queued", why: "", url: "", part };
    part("name").textContent = `${name} (${inWords(size)})`;
    part("bar").setAttribute("aria-label", name);
    for (const button of line.querySelectorAll("button")) {
      button.querySelector(".unseen").textContent = ` ${name}`;
      button.addEventListener("click", () => acts[button.dataset.act](entry));
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
    // A button that goes away must not take the keyboard's place with it.
    if (focused && focused.hidden) entry.line.querySelector("button:not([hidden])")?.focus();
    if (state === "done" || state === "failed") {
      const whole = entries.filter((one) => one.state === "done").length;
      const all = entries.filter((one) => one.state !== "refused").length;
      news.textContent = state === "failed" ? `${entry.name}: ${texts.failed}` : say(texts.count, { whole, all });
    }
    next();
  }

  const busy = () => entries.filter((one) => ["queued", "sending", "trying", "paused"].includes(one.state));
  const stuck = () => entries.filter((one) => ["known", "failed"].includes(one.state));

  // ---- Sending.

  let library = null;
  function load() {
    library ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = texts.library;
      script.onload = resolve;
      script.onerror = () => {
        library = null;
        reject(new Error("the library did not load"));
      };
      document.head.append(script);
    });
    return library;
  }

  // What is there already (after a reload); the answer also brings the cookie that all uploads need.
  let asked = null;
  function ask() {
    asked ||= fetch(texts.uploads, { headers: tus, credentials: "same-origin" }).then(async (response) => {
      if (!response.ok) throw new Error("no list");
      const { uploads } = await response.json();
      // The list says what is safe on the disk; the sealed store may hold more of one that was interrupted.
      await Promise.all(uploads.filter((one) => one.offset < one.length).map(async (one) => {
        const now = await fetch(one.url, { method: "HEAD", headers: tus, credentials: "same-origin" });
        one.offset = Number(now.headers.get("Upload-Offset")) || one.offset;
      }));
      uploads.forEach((one, index) => {
        if (entries.some((entry) => entry.url && nameOf(entry.url) === nameOf(one.url))) return;
        const entry = addLine(say(texts.unnamed, { number: index + 1 }), one.length);
        entry.url = one.url;
        entry.sent = one.offset;
        turn(entry, one.offset === one.length ? "done" : "known");
      });
    }).catch((error) => {
      asked = null;
      throw error;
    });
    return asked;
  }

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  function next() {
    const running = entries.filter((one) => one.state === "sending" || one.state === "trying").length;
    for (const entry of entries.filter((one) => one.state === "queued").slice(0, Math.max(AT_ONCE - running, 0))) {
      entry.state = "sending";
      show(entry);
      send(entry);
    }
    afterwards();
  }

  async function send(entry) {
    for (let n = 0; ; n += 1) {
      try {
        await ask();
        await load();
        break;
      } catch {
        if (entry.state !== "sending" && entry.state !== "trying") return;
        if (n >= PAUSES.length) return turn(entry, "failed");
        entry.state = "trying";
        show(entry);
        await pause(PAUSES[n]);
      }
    }
    if (entry.state !== "sending" && entry.state !== "trying") return;
    entry.upload ||= new window.tus.Upload(entry.file, {
      endpoint: new URL(texts.uploads, window.location.href).href,
      uploadUrl: entry.url ? new URL(entry.url, window.location.href).href : null,
      chunkSize: PIECE,
      retryDelays: PAUSES,
      urlStorage: storage,
      fingerprint: async () => entry.print,
      onShouldRetry: (error) => {
        const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
        const again = status === 0 || status >= 500 || status === 409 || status === 423;
        if (again && entry.state === "sending") {
          entry.state = "trying";
          show(entry);
        }
        return again;
      },
      onProgress: (sent) => {
        if (entry.state !== "sending" && entry.state !== "trying") return;
        const before = Math.floor((100 * entry.sent) / entry.size);
        if (sent > entry.sent || entry.state === "sending") entry.state = "sending";
        entry.sent = sent;
        if (Math.floor((100 * sent) / entry.size) !== before) show(entry);
      },
      onUploadUrlAvailable: () => {
        entry.url = new URL(entry.upload.url, window.location.href).pathname;
      },
      onChunkComplete: () => {
        if (entry.state === "trying") {
          entry.state = "sending";
          show(entry);
        }
      },
      onSuccess: () => {
        entry.sent = entry.size;
        turn(entry, "done");
      },
      onError: (error) => {
        const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
        if (status === 413) turn(entry, "refused", texts.tooMany);
        else turn(entry, "failed");
      },
    });
    entry.upload.start();
  }

  const acts = {
    pause(entry) {
      entry.upload?.abort();
      turn(entry, "paused");
    },
    resume(entry) {
      turn(entry, "queued");
    },
    async remove(entry) {
      const at = entries.indexOf(entry);
      entry.state = "removed";
      entries.splice(at, 1);
      entry.line.remove();
      (entries[at]?.line.querySelector("button:not([hidden])") || input).focus();
      news.textContent = texts.removed;
      if (entry.print) remember(entry.print, null);
      entry.upload?.abort();
      if (entry.url) await takeBack(entry);
      next();
    },
  };

  function takeBack(entry) {
    return fetch(entry.url, { method: "DELETE", headers: tus, credentials: "same-origin", keepalive: true })
      .catch(() => null);  // it is destroyed after a day all the same
  }

  async function take(file) {
    const wrong = file.size === 0 ? texts.empty
      : file.size > Number(texts.largest) ? texts.tooLarge
      : entries.filter((one) => one.state !== "refused").length >= Number(texts.most) ? texts.tooMany : "";
    if (wrong) return turn(addLine(file.name, file.size), "refused", wrong);
    let print;
    try {
      print = await fingerprint(file);
    } catch {
      return turn(addLine(file.name, file.size), "refused", texts.unreadable);
    }
    const twin = entries.find((one) => one.print === print && one.state !== "refused");
    if (twin) {
      news.textContent = texts.twice;
      if (twin.state === "failed" || twin.state === "paused") acts.resume(twin);
      return undefined;
    }
    const name = remembered()[print];
    const known = name && entries.find((one) => one.url && nameOf(one.url) === name);
    if (known && known.state === "done") {
      news.textContent = texts.twice;
      return undefined;
    }
    const entry = known || addLine(file.name, file.size);
    Object.assign(entry, { file, print });
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
    for (const entry of entries.filter((one) => one.state === "failed" && one.file)) acts.resume(entry);
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
    for (const entry of entries.filter((one) => one.state === "paused")) acts.resume(entry);
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
})();
