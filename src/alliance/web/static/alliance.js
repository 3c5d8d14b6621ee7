/* Small comforts. Every page works without this file. */
(function () {
  "use strict";

  // Filters take effect at once where htmx is there to change the results only; without it,
  // reloading the page under the reader's hands would be worse than pressing the button.
  document.addEventListener("change", function (event) {
    var form = event.target.closest ? event.target.closest("form[data-live]") : null;
    if (form && window.htmx) window.htmx.trigger(form, "submit");
  });

  // An address holds what was chosen, not the fields that were left empty.
  document.addEventListener("htmx:configRequest", function (event) {
    var sent = event.detail.parameters;
    if (!event.target.matches("form[data-live]")) return;
    Object.keys(sent).forEach(function (name) {
      if (sent[name] === "") delete sent[name];
    });
  });

  // What the reader has unfolded, and where she was, stays when the results are changed around it.
  var unfolded = [];
  var active = "";
  document.addEventListener("htmx:beforeSwap", function () {
    unfolded = Array.from(document.querySelectorAll("details[id][open]"));
    active = document.activeElement ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSwap", function () {
    unfolded.forEach(function (before) {
      var now = document.getElementById(before.id);
      if (now) now.open = true;
    });
    var element = active && document.getElementById(active);
    if (element && element !== document.activeElement) element.focus({ preventScroll: true });
  });

  // On a device that people share, the way back brings nothing that the last person typed.
  window.addEventListener("pageshow", function () {
    var came = performance.getEntriesByType("navigation")[0];
    if (!came || came.type !== "back_forward" || !document.getElementById("acting")) return;
    Array.from(document.forms).forEach(function (form) {
      form.reset();
    });
  });

  // A menu closes by Escape, or by a press outside of it.
  function close(menu) {
    menu.removeAttribute("open");
  }
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      close(menu);
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) close(menu);
    });
  });
})();
