/* Small comforts. Every page works without this file. */
(function () {
  "use strict";

  // Filters take effect at once where htmx is there to change the results only; without it,
  // reloading the page under the reader's hands would be worse than pressing the button.
  document.addEventListener("change", function (event) {
    var form = event.target.closest ? event.target.closest("form[data-live]") : null;
    if (form && window.htmx) window.htmx.trigger(form, "submit");
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
