// The camera on the guard's page. Where the browser reads no codes the button stays hidden: the telephone's own
// camera opens the picture's address as well, and the code can be typed.
(function () {
  "use strict";
  var form = document.getElementById("gate-code");
  var button = form && form.querySelector("[data-scan]");
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  var picture = form.querySelector("[data-scan-picture]");
  var refused = form.querySelector("[data-scan-refused]");
  var reader = new window.BarcodeDetector({ formats: ["qr_code"] });
  button.hidden = false;

  function stop() {
    if (picture.srcObject) picture.srcObject.getTracks().forEach(function (track) { track.stop(); });
    picture.srcObject = null;
    picture.hidden = true;
  }

  function look() {
    if (!picture.srcObject) return;
    reader.detect(picture).then(function (codes) {
      if (!codes.length) return window.setTimeout(look, 150);
      stop();
      form.elements.code.value = codes[0].rawValue;
      form.requestSubmit();
    }, function () { window.setTimeout(look, 300); });
  }

  button.addEventListener("click", function () {
    if (picture.srcObject) return stop();
    refused.hidden = true;
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (stream) {
      picture.srcObject = stream;
      picture.hidden = false;
      picture.play().then(look, stop);
    }, function () { refused.hidden = false; });
  });
  window.addEventListener("pagehide", stop);
})();
