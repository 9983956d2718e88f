// The board fetches itself: asked with the mark it has, the desk answers 304 and nothing is touched on the page.
// What was shown last stays when the network is gone, and says how old it is.
(function () {
  "use strict";
  var board = document.getElementById("board");
  var age = document.getElementById("board-age");
  if (!board || !age) return;
  var LATE = 9000; // three times unheard
  var heard = Date.now(), lost = false;

  function carrying() { // a card is under somebody's finger: the page stays as it is
    return document.documentElement.classList.contains("carrying");
  }

  board.addEventListener("htmx:configRequest", function (event) {
    var shown = board.querySelector("[data-mark]");
    if (shown) event.detail.headers["If-None-Match"] = shown.dataset.mark;
  });
  board.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status === 304 || carrying()) event.detail.shouldSwap = false;
  });

  // Drawn anew, the board lies where it was pushed to.
  var pushed = 0;
  board.addEventListener("htmx:beforeSwap", function () { pushed = board.firstElementChild.scrollLeft; });
  board.addEventListener("htmx:afterSwap", function () { board.firstElementChild.scrollLeft = pushed; });

  board.addEventListener("htmx:afterRequest", function (event) {
    lost = !event.detail.successful;
    if (!lost) {
      heard = Date.now();
      var asOf = event.detail.xhr.getResponseHeader("X-As-Of");
      if (asOf) age.querySelector("[data-as-of]").textContent = asOf;
    }
    tell();
  });

  function tell() {
    var seconds = Math.floor((Date.now() - heard) / 1000), old = lost || seconds * 1000 >= LATE;
    var words = seconds < 60 ? age.dataset.seconds : age.dataset.minutes;
    var text = old ? " · " + words.replace("{n}", seconds < 60 ? seconds : Math.floor(seconds / 60)) : "";
    var place = age.querySelector("[data-lost]");
    if (place.textContent !== text) place.textContent = text;
    age.classList.toggle("lost", old);
  }
  window.setInterval(tell, 1000);
})();
