// What tells one chosen file from another: its number, as the report will have it, and a small look at it.
// The look is drawn from the file itself, is in this page only, and goes with it (docs/adr/0115).

const SIDE = 96;
// To open a larger one only to look at it could cost a telephone the page.
const LARGEST = 40 * 1024 * 1024;

/** Numbers the lines of a list, whatever becomes of it; what is not taken has no number. */
export function numbered(list, words, have) {
  const count = () => {
    let number = have;
    for (const line of list.children) {
      const part = line.querySelector("[data-part=number]");
      const text = line.dataset.state === "refused" ? "" : words.replace("{number}", ++number);
      // One that came before a reload has no other name.
      const said = line.querySelector("[data-part=name]").textContent.startsWith(text) ? "" : text;
      if (part.textContent !== said) part.textContent = said;
    }
  };
  new MutationObserver(count).observe(list, { childList: true, subtree: true, attributeFilter: ["data-state"] });
}

let before = Promise.resolve();

/** Draws the middle of a photo; of a film, or what the browser cannot open, there is none. One at a time. */
export function look(file, canvas) {
  if (file.size > LARGEST || file.type.startsWith("video/") || !window.createImageBitmap) return;
  before = before.then(() => draw(file, canvas)).catch(() => null);
}

async function draw(file, canvas) {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  canvas.width = canvas.height = SIDE;
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
  picture.close();
  canvas.hidden = false;
}
