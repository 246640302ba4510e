// A content is clear for as long as a key, or the pointer, holds the button; let go, it is blurred and gone.
"use strict";

for (const button of document.querySelectorAll("button[data-hold]")) {
  const figure = document.querySelector("figure.preview");
  const form = button.closest("form");
  const said = form.querySelector(".held");
  const token = () => ({ "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value });
  let held = false, asking = false;

  const hide = () => {
    held = false;
    figure.classList.remove("clear", "holding");
    for (const picture of figure.querySelectorAll("img.held")) picture.remove();
  };
  const begin = async () => {
    if (held || asking) return;
    held = asking = true;
    said.textContent = "";
    try {
      const answer = await fetch(button.dataset.hold, { method: "POST", body: new FormData(form), headers: token() });
      const told = answer.redirected ? {} : await answer.json();
      said.textContent = told.said || "";
      if (held && told.pictures) {
        for (const source of told.pictures) {
          const picture = document.createElement("img");
          picture.className = "held";
          picture.alt = button.firstChild.textContent.trim();
          picture.src = source;
          figure.prepend(picture);
        }
        figure.classList.add("clear", "holding");
      } else if (told.pictures) {
        await fetch(button.dataset.away, { method: "POST", headers: token() });
      }
    } catch { /* no network: nothing is shown */ }
    asking = false;
  };
  const end = () => {
    if (!held) return;
    const shown = figure.classList.contains("holding");
    hide();
    if (shown) fetch(button.dataset.away, { method: "POST", headers: token(), keepalive: true }).catch(() => {});
  };
  const holds = (event) => {
    const typing = event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea");
    const letter = event.key.toLowerCase() === "v" && !typing && document.documentElement.classList.contains("keys");
    const onButton = event.target === button && (event.key === " " || event.key === "Enter");
    return (letter || onButton) && !event.ctrlKey && !event.metaKey && !event.altKey;
  };

  button.hidden = false;
  button.addEventListener("pointerdown", (event) => { if (event.button === 0) begin(); });
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
  document.addEventListener("keydown", (event) => {
    if (!holds(event) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (!event.repeat) begin();
  });
  document.addEventListener("keyup", (event) => { if (["v", " ", "enter"].includes(event.key.toLowerCase())) end(); });
  window.addEventListener("blur", end);
  document.addEventListener("visibilitychange", () => { if (document.hidden) end(); });
}
