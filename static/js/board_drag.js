// A waiting card is pulled onto a team: that opens the order's form with the team chosen, and changes nothing by itself.
// By mouse from the first pixels on, by finger after holding it a moment, so that the page can still be pushed.
(function () {
  "use strict";
  var teams = document.getElementById("board-teams");
  if (!teams) return;
  var SLOP = 8, HOLD = 300;
  var held = null; // the card under the pointer, and once it is carried its ghost

  document.addEventListener("pointerdown", function (event) {
    var card = event.target.closest("a[data-waiting]");
    drop();
    if (!card || event.button !== 0) return;
    held = { card: card, id: event.pointerId, x: event.clientX, y: event.clientY, ghost: null, timer: 0 };
    document.documentElement.classList.add("carrying");
    if (event.pointerType !== "mouse") held.timer = window.setTimeout(lift, HOLD);
  });

  document.addEventListener("pointermove", function (event) {
    if (!held || event.pointerId !== held.id) return;
    var far = Math.hypot(event.clientX - held.x, event.clientY - held.y) > SLOP;
    if (!held.ghost && far) {
      if (event.pointerType !== "mouse") return drop(); // the page is being pushed
      lift();
    }
    if (held.ghost) carry(event.clientX, event.clientY);
  });

  document.addEventListener("pointerup", function (event) {
    if (!held || event.pointerId !== held.id) return;
    var team = held.ghost && teamAt(event.clientX, event.clientY), href = held.card.href;
    if (held.ghost) swallowClick();
    drop();
    if (team) window.location.assign(href + "?team=" + team.dataset.team);
  });

  document.addEventListener("pointercancel", drop);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") drop();
  });
  // The browser's own pulling of links, its menu of a held link and its scrolling would take the card away.
  document.addEventListener("dragstart", function (event) {
    if (event.target.closest && event.target.closest("a[data-waiting]")) event.preventDefault();
  });
  document.addEventListener("contextmenu", function (event) {
    if (held && held.timer) event.preventDefault();
  });
  document.addEventListener("touchmove", function (event) {
    if (held && held.ghost) event.preventDefault();
  }, { passive: false });

  function lift() {
    held.ghost = held.card.cloneNode(true);
    held.ghost.removeAttribute("id");
    held.ghost.classList.add("job-carried");
    held.ghost.style.width = held.card.offsetWidth + "px";
    document.body.appendChild(held.ghost);
    held.card.classList.add("job-lifted");
    teams.hidden = false;
    carry(held.x, held.y);
  }

  function carry(x, y) {
    held.ghost.style.left = x + "px";
    held.ghost.style.top = y + "px";
    var over = teamAt(x, y);
    teams.querySelectorAll("[data-team]").forEach(function (team) {
      team.classList.toggle("over", team === over);
    });
  }

  function teamAt(x, y) {
    var under = document.elementFromPoint(x, y); // the ghost lets everything through
    return under && under.closest("#board-teams [data-team]");
  }

  function swallowClick() {
    function swallow(event) { event.preventDefault(); event.stopPropagation(); }
    document.addEventListener("click", swallow, { capture: true, once: true });
    window.setTimeout(function () { document.removeEventListener("click", swallow, true); }, 50);
  }

  function drop() {
    if (!held) return;
    window.clearTimeout(held.timer);
    if (held.ghost) held.ghost.remove();
    held.card.classList.remove("job-lifted");
    held = null;
    teams.hidden = true;
    document.documentElement.classList.remove("carrying");
  }
})();
