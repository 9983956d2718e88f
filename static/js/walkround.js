"use strict";
// Tapping a place on the car's outline chooses its point in the list and keeps where it was tapped.
document.addEventListener("click", (event) => {
  const zone = event.target.closest("[data-walkround] .zone");
  if (!zone) return;
  const form = zone.closest("form");
  const point = form.querySelector(`input[name=zone][value="${zone.dataset.zone}"]`);
  if (!point) return;
  point.checked = true;
  form.dataset.chosen = zone.dataset.zone; // stays chosen when an answer to an earlier press comes in
  const drawing = zone.ownerSVGElement;
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  form.querySelector("input[name=x]").value = Math.round(Math.min(480, Math.max(0, place.x)));
  form.querySelector("input[name=y]").value = Math.round(Math.min(392, Math.max(0, place.y)));
  form.querySelectorAll(".zone.chosen").forEach((other) => other.classList.remove("chosen"));
  zone.classList.add("chosen");
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-walkround]");
  if (!form || event.target.name !== "zone") return;
  form.dataset.chosen = event.target.value;
  form.querySelectorAll("input[name=x], input[name=y]").forEach((field) => { field.value = ""; }); // chosen in the list
  form.querySelectorAll(".zone").forEach((zone) => zone.classList.toggle("chosen", zone.dataset.zone === event.target.value));
});
