// Small comforts; every page works without them.
"use strict";

for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = "✓";
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

const form = document.getElementById("qualify");
if (form) {
  const reason = form.querySelector(".reason");
  const refresh = () => {
    const chosen = form.querySelector("input[name=category]:checked");
    reason.hidden = !chosen || chosen.dataset.illegal === "1";
  };
  form.addEventListener("change", refresh);
  refresh();
  // The same decision must not be sent twice by a double click.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  // Where it did not arrive and one goes back, it can be sent again.
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });
}

// An unblurred content does not stay on a screen that nobody looks at.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const figure of document.querySelectorAll("figure.clear")) figure.classList.add("away");
});
for (const figure of document.querySelectorAll("figure.clear")) {
  figure.addEventListener("click", () => figure.classList.remove("away"));
}

// A case stays one's own while one works on its page: a sign of work in the last minute prolongs the claim.
const claim = document.querySelector("form[data-prolong]");
if (claim) {
  let worked = true;
  for (const sign of ["keydown", "pointermove", "scroll"]) {
    document.addEventListener(sign, () => { worked = true; }, { passive: true });
  }
  setInterval(async () => {
    if (!worked || document.hidden) return;
    worked = false;
    try {
      const token = claim.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(claim.dataset.prolong, { method: "POST", headers: { "X-CSRFToken": token } });
      if (!answer.ok || answer.redirected) return;
      const said = await answer.json();
      claim.querySelector("[role=alert]").hidden = said.mine;
      const time = claim.querySelector("time");
      time.dateTime = said.until;
      if (said.mine) time.textContent = new Date(said.until).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    } catch { /* no network: the claim ends in its time, and what was typed stays on the page */ }
  }, 60000);
}

// What one writes or chooses is kept, sealed, as a draft: a moment after the last key, and when the page is left.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = form.querySelector(".kept");
  let timer = 0, sent = false;
  const keep = async () => {
    clearTimeout(timer);
    timer = 0;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, keepalive: true,
      });
      if (answer.ok && !answer.redirected && !sent) said.textContent = (await answer.json()).kept;
    } catch { /* no network: it stays on the page, and is tried with the next key */ }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1500);
  });
  // A choice by a key of the keyboard is a change, and no input.
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(keep, 1500); });
  form.addEventListener("submit", () => { clearTimeout(timer); timer = 0; sent = true; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) keep(); });
}

// On a telephone the menu is one line that is pushed aside: where one is comes into sight.
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
