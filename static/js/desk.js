// Small behaviours of every page. No texts live here; elements carry them in data- attributes.
(function () {
  "use strict";
  document.documentElement.classList.add("scripts"); // what only helps without them is hidden

  // One press sends a form once: the button rests until the answer comes or the page is shown again.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    window.setTimeout(function () {
      form.querySelectorAll("button[type=submit], button:not([type]), input[type=submit]").forEach(function (button) {
        button.disabled = true;
      });
    }, 0);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form button:disabled, form input[type=submit]:disabled").forEach(function (button) {
      if (!button.hasAttribute("data-off")) button.disabled = false;
    });
  });

  // Another form of the page may be sent first: what is marked and typed beside it waits until the page is here again.
  var person = (document.getElementById("kept") || document.body).dataset.user;
  function unsentKey(form) {
    return ["unsent", person, form.dataset.unsent].join(":");
  }
  function fieldsOf(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && field.matches("textarea, select, input:not([type=hidden], [type=file], [type=submit])");
    });
  }
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented || event.target.method !== "post") return;
    document.querySelectorAll("form[data-unsent]").forEach(function (form) {
      if (form === event.target) {
        window.sessionStorage.removeItem(unsentKey(form)); // what comes back says it
        return;
      }
      window.sessionStorage.setItem(unsentKey(form), JSON.stringify(fieldsOf(form).map(function (field) {
        return { name: field.name, value: field.value, checked: field.checked };
      })));
    });
  });
  document.querySelectorAll("form[data-unsent]").forEach(function (form) {
    var kept = JSON.parse(window.sessionStorage.getItem(unsentKey(form)) || "[]"), fields = fieldsOf(form);
    window.sessionStorage.removeItem(unsentKey(form));
    kept.forEach(function (was) {
      fields.forEach(function (field) {
        if (field.name !== was.name) return;
        if (!field.matches("[type=radio], [type=checkbox]")) field.value = was.value;
        else if (field.value === was.value) field.checked = was.checked;
      });
    });
  });

  // After a refusal the first sentence is what to look at, not the top of the page.
  var wrong = document.querySelector("form .invalid-feedback, form .alert-danger");
  if (wrong) wrong.scrollIntoView({ block: "center" });

  // A part that could not be fetched says so instead of looking current.
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var part = event.target.closest("[data-offline]");
      if (part) part.classList.add("border", "border-danger");
    });
  });

  // Another day beside the times is asked for where the day is chosen; elsewhere it is an ordinary link.
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-day]");
    var field = link && document.querySelector("#when input[name=day]");
    if (!field) return;
    event.preventDefault();
    field.value = link.dataset.day;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) window.print();
  });
})();
