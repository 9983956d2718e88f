"use strict";
// Turns every [data-signature] box into a pad to sign on. The picture is written into the hidden input at the end of
// each stroke. Turning the tablet keeps the strokes: they are stored as points and drawn again at the new size.
// Where the form has a [data-signature-drawn] input, it keeps what stood in the fields named there at the first stroke;
// as soon as one of them says something else, the box is empty again: nobody signs what he was not shown.
(() => {
  const start = (box) => {
    if (box.dataset.signatureReady) return;
    box.dataset.signatureReady = "yes";
    const canvas = box.querySelector("[data-signature-canvas]");
    const value = box.querySelector("[data-signature-value]");
    const state = box.querySelector("[data-signature-state]");
    const pad = new window.SignaturePad(canvas, { penColor: "#111", minWidth: 0.8, maxWidth: 2.6 });
    const form = box.closest("form");
    const drawn = form && form.querySelector("[data-signature-drawn]");
    let width = 0;

    const standing = () => {
      const names = drawn.dataset.signatureDrawn.split(" ");
      return new URLSearchParams([...new FormData(form)].filter(([name]) => names.includes(name))).toString();
    };

    // Two sign one form: the first stroke of the first of them counts.
    const others = () => [...form.querySelectorAll("[data-signature-value]")].some((one) => one !== value && one.value);

    const show = (signed) => {
      state.textContent = signed ? box.dataset.signed : box.dataset.empty;
      box.classList.toggle("signature-signed", signed);
    };
    const store = () => {
      const before = value.value;
      value.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
      if (drawn && !(before && value.value) && !others()) drawn.value = value.value && standing();
      value.dispatchEvent(new Event("change", { bubbles: true }));
      show(value.value !== "");
    };
    const fit = () => {
      const next = canvas.offsetWidth;
      if (!next || next === width) return; // hidden, or only the height of the page changed
      const strokes = pad.toData();
      const scale = width ? next / width : 1;
      const kept = !strokes.length && value.value; // drawn before a form came back with errors
      width = next;
      const ratio = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
      canvas.width = next * ratio;
      canvas.height = canvas.offsetHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      pad.clear();
      if (kept) {
        pad.fromDataURL(value.value, { ratio });
      } else if (strokes.length) {
        for (const stroke of strokes) for (const point of stroke.points) point.x *= scale;
        pad.fromData(strokes);
        store();
      }
      show(value.value !== "");
    };

    const look = () => {
      if (!value.value || standing() === drawn.value) return;
      pad.clear();
      store();
      state.textContent = drawn.dataset.changed;
    };
    if (drawn) {
      for (const name of ["input", "change"]) form.addEventListener(name, look);
      for (const name of ["htmx:afterSettle", "htmx:load"]) document.addEventListener(name, look);
    }

    pad.addEventListener("endStroke", store);
    box.querySelector("[data-signature-clear]").addEventListener("click", () => {
      pad.clear();
      store();
      canvas.focus();
    });
    new ResizeObserver(fit).observe(canvas); // also when a hidden part of the page opens
    fit();
  };
  const startAll = (root) => root.querySelectorAll("[data-signature]").forEach(start);

  startAll(document);
  document.addEventListener("htmx:load", (event) => startAll(event.target.parentNode || document));
})();
