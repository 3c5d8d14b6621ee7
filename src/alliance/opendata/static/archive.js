/* The search of an archive. Works from a folder: what it needs are scripts, which pages load there. */
(function () {
  "use strict";

  var place = document.getElementById("archive-search");
  if (!place) return;
  var PAGE = 30;
  var asked = new URLSearchParams(window.location.search);
  var text = (asked.get("q") || "").slice(0, 1000);
  var records = [];
  var names = {};
  var starts = [];
  var small = new Set();
  var words = {};
  var shown = 0;

  function load(name) {
    return new Promise(function (done) {
      var script = document.createElement("script");
      script.src = "../search/" + name + ".js";
      script.onload = script.onerror = done;
      document.head.append(script);
    });
  }
  window.archiveRecords = function (told) {
    records = told.records;
    names = told.names;
    starts = told.starts;
    small = new Set(told.small.split(" "));
  };
  window.archiveWords = function (start, told) {
    words[start] = told;
  };

  // As the words of the files were folded: without accents, in small letters.
  var whole = { ø: "o", æ: "ae", œ: "oe", ß: "ss", ł: "l", đ: "d", ı: "i", þ: "th" };
  function fold(given) {
    return given
      .toLowerCase()
      .replace(/[øæœßłđıþ]/g, function (letter) {
        return whole[letter];
      })
      .normalize("NFKD")
      .replace(/\p{M}/gu, "");
  }
  function startOf(word) {
    return word.slice(0, 2).replace(/[^a-z0-9]/g, "_");
  }

  // The words asked for, without "the" and what is left of "l’" if there are others. A longer form
  // of a word is found too, and one with another ending.
  function wordsOf(given) {
    var all = given.toLowerCase().normalize("NFC").match(/[\p{L}\p{N}]+/gu) || [];
    var telling = all.filter(function (word) { return !small.has(word) && !/^\p{L}$/u.test(word); });
    return Array.from(new Set((telling.length ? telling : all).map(fold))).slice(0, 20);
  }
  function stems(word) {
    var found = [word];
    for (var cut = 1; cut <= 3 && word.length - cut >= 4; cut++) found.push(word.slice(0, -cut));
    return found;
  }

  // For one word: the records that have it, each with the weight it has there.
  function matches(word) {
    var told = words[startOf(word)] || {};
    var found = new Map();
    stems(word).some(function (stem, cut) {
      Object.keys(told).forEach(function (one) {
        if (!one.startsWith(stem)) return;
        if (cut && one.length > word.length + 3) return;
        var nearness = one === word ? 1 : 1 / (1.5 + cut);
        var number = 0;
        told[one].split(" ").forEach(function (entry) {
          number += parseInt(entry.slice(0, -1), 36);
          var weight = Number(entry.slice(-1)) * nearness;
          if (weight > (found.get(number) || 0)) found.set(number, weight);
        });
      });
      return found.size > 0;
    });
    return found;
  }

  function passes(record, leaving) {
    return filters().every(function (filter) {
      return filter.key === leaving || (record[5][filter.key] || []).some(function (code) {
        return filter.codes.indexOf(code) >= 0;
      });
    });
  }
  function filters() {
    return Object.keys(names.facet)
      .concat("kind")
      .map(function (key) {
        return { key: key, codes: asked.getAll(key) };
      })
      .filter(function (filter) {
        return filter.codes.length;
      });
  }

  // Numbers of records, the best first, and whether each has all words.
  function ranked() {
    var given = wordsOf(text);
    if (!given.length) return { rows: records.map(function (_one, number) { return number; }), all: true };
    var scores = new Map();
    given.forEach(function (word) {
      var found = matches(word);
      var rarity = Math.log(1 + records.length / (1 + found.size));
      found.forEach(function (weight, number) {
        var before = scores.get(number) || [0, 0];
        scores.set(number, [before[0] + 1, before[1] + weight * rarity]);
      });
    });
    var rows = Array.from(scores.keys()).sort(function (one, other) {
      var a = scores.get(one);
      var b = scores.get(other);
      return b[0] - a[0] || b[1] - a[1] || one - other;
    });
    var full = rows.filter(function (number) { return scores.get(number)[0] === given.length; });
    return full.length ? { rows: full, all: true } : { rows: rows, all: false };
  }

  function element(name, content, attributes) {
    var made = document.createElement(name);
    if (content) made.textContent = content;
    Object.keys(attributes || {}).forEach(function (key) {
      if (attributes[key]) made.setAttribute(key, attributes[key]);
    });
    return made;
  }
  function changed(change) {
    var query = new URLSearchParams(asked);
    change(query);
    return "find.html?" + query.toString();
  }
  function hit(record) {
    var item = element("li");
    var link = element("a", record[2], { href: "../" + record[1], lang: record[4] });
    var heading = element("h3");
    heading.append(link);
    var told = [names.one[record[0]]];
    ["outcome", "country"].forEach(function (key) {
      (record[5][key] || []).forEach(function (code) {
        told.push((names[key] || {})[code] || code);
      });
    });
    item.append(element("span", told.join(" · "), { class: "badge" }), heading);
    if (record[3]) item.append(element("p", record[3], { class: "gist", lang: record[4] }));
    return item;
  }

  function show() {
    var found = ranked();
    var kinds = new Map();
    found.rows.forEach(function (number) {
      var record = records[number];
      if (passes(record, "kind")) kinds.set(record[0], (kinds.get(record[0]) || 0) + 1);
    });
    var rows = found.rows.filter(function (number) {
      return passes(records[number], "");
    });
    var language = place.dataset.language;
    var counts = new Map();
    rows.forEach(function (number) {
      counts.set(records[number][0], (counts.get(records[number][0]) || 0) + 1);
    });
    var told = Array.from(counts, function (one) {
      return one[1].toLocaleString(language) + " " + names[one[1] === 1 ? "one" : "kind"][one[0]];
    }).join(", ");
    document.getElementById("count").textContent = rows.length
      ? (found.all ? "" : place.dataset.some + " ") + told
      : place.dataset.none;
    var list = document.getElementById("kinds");
    [""].concat(Array.from(kinds.keys())).forEach(function (kind) {
      var own = asked.get("kind") || "";
      var link = element("a", kind ? names.kind[kind] + " " : place.dataset.all, {
        href: changed(function (query) {
          if (kind) query.set("kind", kind);
          else query.delete("kind");
        }),
        "aria-current": own === kind ? "page" : "",
      });
      if (kind) link.append(element("span", kinds.get(kind).toLocaleString(language)));
      var item = element("li");
      item.append(link);
      list.append(item);
    });
    filters().forEach(function (filter) {
      if (filter.key === "kind") return;
      filter.codes.forEach(function (code) {
        var label = names.facet[filter.key] + ": " + ((names[filter.key] || {})[code] || code);
        var link = element("a", label + " ×", {
          class: "chip",
          href: changed(function (query) {
            query.delete(filter.key, code);
          }),
          title: place.dataset.remove,
        });
        var item = element("li");
        item.append(link);
        document.getElementById("chips").append(item);
      });
    });
    var more = document.getElementById("more");
    function next() {
      var hits = document.getElementById("hits");
      rows.slice(shown, shown + PAGE).forEach(function (number) {
        hits.append(hit(records[number]));
      });
      shown += PAGE;
      more.hidden = shown >= rows.length;
    }
    more.addEventListener("click", next);
    next();
  }

  document.getElementById("q").value = text;
  load("records-" + place.dataset.language)
    .then(function () {
      var given = new Set(wordsOf(text).map(startOf));
      // There is no file where no word begins so.
      var there = starts.filter(function (start) { return given.has(start); });
      return Promise.all(there.map(function (start) { return load("words-" + start); }));
    })
    .then(show);
})();
