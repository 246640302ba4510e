// A click on a still of a film, or the button of its time, fills in the second of a note about it.
"use strict";

const second = document.getElementById("id_jot_second");
const strip = document.querySelector("img.strip[data-across]");

if (second && strip) {
  const times = [...document.querySelectorAll("[data-second]")];
  const take = (number) => {
    const time = times[number];
    if (!time) return;
    second.value = time.dataset.second;
    second.closest("details").open = true;
    document.getElementById("id_jot_text").focus();
  };
  times.forEach((time, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small quiet";
    button.textContent = time.textContent;
    button.title = strip.dataset.take;
    button.addEventListener("click", () => take(number));
    time.append(button);
    time.firstChild.remove();
  });
  strip.title = strip.dataset.take;
  strip.classList.add("to-note");
  strip.addEventListener("click", (event) => {
    const across = Number(strip.dataset.across);
    const rows = Math.ceil(times.length / across);
    const column = Math.min(across - 1, Math.floor((event.offsetX / strip.clientWidth) * across));
    const row = Math.min(rows - 1, Math.floor((event.offsetY / strip.clientHeight) * rows));
    take(row * across + column);
  });
}
