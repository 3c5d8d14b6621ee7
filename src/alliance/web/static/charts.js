/* Charts that a reader can explore are drawn in the page by Vega, which is fetched when somebody asks
   for it: it is ten times the rest of a page. The table with the same figures is beside it always. */
(function () {
  "use strict";

  var source = document.currentScript.dataset.vega;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var fetched = null;

  function vega() {
    fetched =
      fetched ||
      new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = source;
        script.onload = resolve;
        script.onerror = function () {
          fetched = null;
          script.remove();
          reject();
        };
        document.head.append(script);
      });
    return fetched;
  }

  function draw(figure) {
    var told = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    var place = figure.querySelector(".drawing");
    var fresh = document.createElement("div");
    fresh.className = "live";
    place.append(fresh);
    return window
      .vegaEmbed(fresh, told.spec, {
        ast: true,
        actions: false,
        renderer: "svg",
        defaultStyle: false,
        config: told.themes[dark.matches ? "dark" : "light"],
        formatLocale: told.locale,
        tooltip: { disableDefaultStyle: true, theme: "alliance" },
      })
      .then(function () {
        Array.from(place.children).forEach(function (child) {
          if (child !== fresh) child.remove();
        });
      })
      .catch(function () {
        fresh.remove();
      });
  }

  document.querySelectorAll("figure[data-chart]").forEach(function (figure) {
    var ask = figure.querySelector("button.explore");
    ask.hidden = false;
    ask.addEventListener("click", function () {
      ask.disabled = true;
      vega()
        .then(function () {
          return draw(figure);
        })
        .then(
          function () {
            ask.hidden = true;
            dark.addEventListener("change", function () {
              draw(figure);
            });
          },
          function () {
            // The connection failed: it can be asked for again.
            ask.disabled = false;
          },
        );
    });
  });
})();
