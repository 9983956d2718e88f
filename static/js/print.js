"use strict";
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[data-back]")) history.length > 1 ? history.back() : window.close();
});
// A paper whose printing was just noted; without the mark a reload would print it again unnoted.
window.addEventListener("load", () => {
  if (location.hash !== "#print") return;
  history.replaceState(history.state, "", location.pathname + location.search);
  window.print();
});
