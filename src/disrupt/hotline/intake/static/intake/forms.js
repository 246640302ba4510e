// What JavaScript adds to the forms, the code and the follow-up; every page works without it.
"use strict";

(() => {
  const quiet = document.getElementById("device-files") !== null;

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

  // The browser's own words for a file field are in the browser's language: ours stand in their place.
  for (const field of document.querySelectorAll("input[data-chosen]")) {
    const said = document.getElementById(`${field.id}-chosen`);
    field.closest(".pick").classList.add("ready");
    field.addEventListener("change", () => {
      said.textContent = field.files.length ? field.dataset.chosen.replace("{count}", field.files.length) : "";
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
      if (quiet && form) {
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
      if (left < WARN && busy() && !quiet) stay();
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
})();
