// What the projects of a ballot cost together, or how many points are given, while one chooses.
// The page works without: the server says what is too much.
"use strict";
for (const purse of document.querySelectorAll("[data-purse]")) {
  const form = purse.closest("form");
  const costs = JSON.parse(purse.dataset.costs);
  const write = new Intl.NumberFormat(document.documentElement.lang);
  const say = () => {
    let n = 0, minor = 0, points = 0;
    for (const field of form.elements) {
      const id = field.name === "projects" ? field.value : (field.name || "").replace(/^value_/, "");
      const isNamed = field.type === "checkbox" ? field.checked : Number(field.value) > 0;
      if (id in costs && isNamed) {
        n += 1;
        minor += costs[id];
        points += field.type === "checkbox" ? 0 : Number(field.value);
      }
    }
    const money = write.format(minor / 10 ** Number(purse.dataset.places));
    purse.textContent = purse.dataset.words
      .replace("{n}", write.format(n))
      .replace("{points}", write.format(points))
      .replace("{cost}", `${money}\u00a0${purse.dataset.currency}`);
  };
  form.addEventListener("input", say);
  say();
}
