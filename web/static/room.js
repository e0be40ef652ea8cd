// The slider turns through editions, arrow keys turn the page; everything else works without a script.
"use strict";

for (const form of document.querySelectorAll(".slider")) {
  const range = form.querySelector("input");
  const [when, what] = form.querySelectorAll("output span");
  const link = form.querySelector("output a");
  const stops = [...form.querySelectorAll("option")];
  // The edition that stood at the slider's instant: the last that had begun.
  const standing = () => Math.max(stops.findLastIndex((stop) => Number(stop.value) <= Number(range.value)), 0);
  const show = () => {
    const stop = stops[standing()];
    when.textContent = stop.label;
    what.textContent = stop.dataset.headline;
    link.href = form.dataset.pages + stop.dataset.page;
    range.setAttribute("aria-valuetext", `${stop.label} ${stop.dataset.headline}`);
  };
  const turn = (step) => {
    range.value = stops[Math.min(Math.max(standing() + step, 0), stops.length - 1)].value;
    show();
  };
  range.addEventListener("input", show);
  addEventListener("pageshow", show); // whoever comes back finds the slider where it was left
  range.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (event.key === "Enter") link.click();
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    if (step) turn(step);
  });
}

addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, select, textarea, summary, [tabindex='0']")) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = rel && document.querySelector(`a[rel=${rel}]`);
  if (link) link.click();
});
