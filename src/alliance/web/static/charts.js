/* Charts drawn in the page by Vega, where scripts run; without them the drawing made on the server
   stays, and the table beside it always. */
(function () {
  "use strict";

  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function draw(figure) {
    var data = document.getElementById(figure.dataset.chart);
    var place = figure.querySelector(".drawing");
    if (!data || !place) return;
    var told = JSON.parse(data.textContent);
    var fresh = document.createElement("div");
    fresh.className = "live";
    place.append(fresh);
    window
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

  function drawAll() {
    document.querySelectorAll("figure[data-chart]").forEach(draw);
  }

  if (!window.vegaEmbed) return;
  drawAll();
  dark.addEventListener("change", drawAll);
})();
