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
}

// An unblurred content does not stay on a screen that nobody looks at.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const figure of document.querySelectorAll("figure.clear")) figure.classList.add("away");
});
for (const figure of document.querySelectorAll("figure.clear")) {
  figure.addEventListener("click", () => figure.classList.remove("away"));
}
