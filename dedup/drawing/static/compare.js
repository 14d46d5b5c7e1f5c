// Next and previous difference, by key and by button. Without this script the list of changes leads to the rows.
"use strict";
const marks = new Map();
for (const mark of document.querySelectorAll(".texts [data-difference]")) {
  if (!marks.has(mark.dataset.difference)) marks.set(mark.dataset.difference, mark);
}
const places = [...marks.values()];
let at = -1;

function go(step) {
  if (!places.length) return;
  at = (at + step + places.length) % places.length;
  const place = places[at];
  place.closest("details")?.setAttribute("open", "");
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
  const kind = place.classList[0];
  document.getElementById("told").textContent = `${at + 1} of ${places.length}: ${kind}, ${place.textContent.trim().slice(0, 80)}`;
}

document.getElementById("next").addEventListener("click", () => go(1));
document.getElementById("previous").addEventListener("click", () => go(at < 0 ? 0 : -1));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "n") go(1);
  if (event.key === "p") go(at < 0 ? 0 : -1);
});
document.querySelector(".walk").hidden = !places.length;
