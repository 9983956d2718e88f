// Tapping a place on the car outline chooses it in the list beside the drawing.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var zone = event.target.closest("[data-walkround] .zone");
    if (!zone) return;
    var form = zone.closest("form");
    var list = form.querySelector("[name=zone]");
    if (!list) return;
    list.value = zone.dataset.zone;
    form.querySelectorAll(".zone.chosen").forEach(function (other) { other.classList.remove("chosen"); });
    zone.classList.add("chosen");
  });
})();
