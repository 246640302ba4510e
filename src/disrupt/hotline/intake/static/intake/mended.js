// What a page said was missing, and has come since, is not said any longer.

/** Takes back what was said of this field: its line in the box of what is missing, and the words beside it. */
export function mended(input) {
  const box = document.getElementById("problems");
  if (!box) return;
  for (const link of box.querySelectorAll("a")) {
    if (document.getElementById(link.hash.slice(1))?.contains(input)) link.closest("li").remove();
  }
  for (const said of input.closest(".question").querySelectorAll(".error")) said.remove();
  input.removeAttribute("aria-invalid");
  if (!box.querySelector("li")) box.remove();
}
