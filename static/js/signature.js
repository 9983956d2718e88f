"use strict";
// Turns every [data-signature] box into a pad to sign on. The picture is written into the hidden input at the end of
// each stroke. Turning the tablet keeps the strokes: they are stored as points and drawn again at the new size.
(() => {
  const start = (box) => {
    if (box.dataset.signatureReady) return;
    box.dataset.signatureReady = "yes";
    const canvas = box.querySelector("[data-signature-canvas]");
    const value = box.querySelector("[data-signature-value]");
    const state = box.querySelector("[data-signature-state]");
    const pad = new window.SignaturePad(canvas, { penColor: "#111", minWidth: 0.8, maxWidth: 2.6 });
    let width = 0;

    const show = (signed) => {
      state.textContent = signed ? box.dataset.signed : box.dataset.empty;
      box.classList.toggle("signature-signed", signed);
    };
    const store = () => {
      value.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
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
