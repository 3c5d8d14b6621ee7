/* Keeps what is typed into a form, every few seconds. Without it, text is kept when it is sent. */
(function () {
  "use strict";
  var PAUSE = 3000;

  document.querySelectorAll("input[name=typing]").forEach(function (mark) {
    var form = mark.form;
    var said = form.querySelector("[data-typing]");
    var address = form.getAttribute("action") || location.pathname + location.search;
    var page = hidden("typing_page", Math.random().toString(36).slice(2));
    var turn = hidden("typing_turn", "0");
    var timer = 0;
    // What was typed since the last text that the server is known to hold.
    var changed = false;
    var touched = false;
    var sending = false;
    var leaving = false;

    function hidden(name, value) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
      return field;
    }

    function typed() {
      turn.value = String(Number(turn.value) + 1);
      var body = new URLSearchParams();
      new FormData(form).forEach(function (value, name) {
        if (typeof value === "string" && name !== "csrfmiddlewaretoken") body.append(name, value);
      });
      body.append("typing_only", "1");
      return body;
    }

    function later() {
      if (!timer) timer = setTimeout(send, PAUSE);
    }

    function send() {
      timer = 0;
      if (leaving || !changed) return;
      // One at a time: what is typed meanwhile goes with the next.
      if (sending) return later();
      sending = true;
      changed = false;
      fetch(address, { method: "POST", body: typed(), credentials: "same-origin" })
        .then(function (answer) {
          if (answer.status === 413) {
            changed = true;
            said.textContent = said.dataset.long;
          } else if (answer.status === 403) {
            // The mark has run out: only the button still sends something that is kept.
            changed = true;
            said.textContent = said.dataset.old;
          } else if (answer.status === 204) {
            if (!changed) said.textContent = said.dataset.kept;
          } else {
            throw new Error(String(answer.status));
          }
        })
        .catch(function () {
          changed = true;
          said.textContent = said.dataset.lost;
          later();
        })
        .finally(function () {
          sending = false;
        });
    }

    // Fields of a form may stand outside of it.
    document.addEventListener("input", function (event) {
      if (event.target.form !== form) return;
      changed = touched = true;
      later();
    });
    // A button saves on the way to another page; where nothing was typed it need not.
    document.addEventListener("click", function (event) {
      var button = event.target.closest("button[data-href]");
      if (!button || button.form !== form || touched) return;
      event.preventDefault();
      location.assign(button.dataset.href);
    });
    form.addEventListener("submit", function () {
      leaving = true;
      // The form itself may be lost on its way.
      if (changed) navigator.sendBeacon(address, typed());
      turn.value = String(Number(turn.value) + 1);
    });
    // Back by the button of the browser: the page is as it was left.
    addEventListener("pageshow", function () {
      leaving = false;
    });
    addEventListener("pagehide", function () {
      if (changed && !leaving) navigator.sendBeacon(address, typed());
    });
    addEventListener("beforeunload", function (event) {
      if (changed && !leaving) event.preventDefault();
    });
  });
})();
