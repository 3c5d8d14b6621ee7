/* A map on which somebody marks one place. What is marked goes into a hidden field as GeoJSON; the
   fields beside the map work without it. */
(function () {
  "use strict";
  var box = document.getElementById("place-map");
  if (!box || !window.L) return;
  var field = document.getElementById(box.dataset.field);
  var kind = box.dataset.kind;
  var said = document.getElementById("place-map-said");
  var corners = [];
  var drawn = null;
  box.hidden = false;
  document.getElementById("place-map-tools").hidden = false;

  var map = L.map(box, { zoomSnap: 0.25, attributionControl: Boolean(box.dataset.tiles) });
  map.setView([55, 12], 4);
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { attribution: box.dataset.tilesBy, maxZoom: 19 }).addTo(map);
  }
  fetch(box.dataset.ground)
    .then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    })
    .then(function (ground) {
      var layer = L.geoJSON(ground, {
        style: { className: "place-ground", weight: 1 },
        onEachFeature: function (feature, part) {
          var name = document.createElement("span");
          name.textContent = feature.properties.name;
          part.bindTooltip(name, { sticky: true });
        },
      }).addTo(map);
      map.fitBounds(layer.getBounds(), { animate: false });
    })
    .catch(function () {
      // Without outlines there is nothing to mark; words will do.
      box.hidden = document.getElementById("place-map-tools").hidden = true;
    });

  function closed() {
    return corners.concat([corners[0]]);
  }
  // With too few corners, too: then the page says what is missing.
  function shape() {
    if (!corners.length) return null;
    if (kind === "point") return { type: "Point", coordinates: corners[0] };
    if (kind === "line") return { type: "LineString", coordinates: corners };
    return { type: "Polygon", coordinates: [closed()] };
  }
  function draw() {
    var made = shape();
    field.value = made ? JSON.stringify(made) : "";
    if (drawn) map.removeLayer(drawn);
    drawn = L.layerGroup();
    var places = corners.map(function (at) { return L.latLng(at[1], at[0]); });
    if (kind === "line") L.polyline(places, { className: "place-mark", weight: 4 }).addTo(drawn);
    if (kind === "area" && places.length > 1) L.polygon(places, { className: "place-mark", weight: 3 }).addTo(drawn);
    places.forEach(function (at) {
      L.circleMarker(at, { className: "place-mark", radius: kind === "point" ? 9 : 5, weight: 3 }).addTo(drawn);
    });
    drawn.addTo(map);
    said.textContent = corners.length ? said.dataset.corners.replace("0", corners.length) : "";
  }
  function add(at) {
    var here = at.wrap();
    var corner = [Number(here.lng.toFixed(5)), Number(here.lat.toFixed(5))];
    if (kind === "point") corners = [corner];
    else corners.push(corner);
    draw();
  }
  map.on("click", function (event) { add(event.latlng); });
  document.getElementById("place-map-middle").addEventListener("click", function () { add(map.getCenter()); });
  document.getElementById("place-map-back").addEventListener("click", function () { corners.pop(); draw(); });
  document.getElementById("place-map-none").addEventListener("click", function () { corners = []; draw(); });

  // What was drawn before a refused form is drawn again.
  try {
    var before = field.value ? JSON.parse(field.value) : null;
    if (before) {
      corners = before.type === "Point" ? [before.coordinates]
        : before.type === "Polygon" ? before.coordinates[0].slice(0, -1) : before.coordinates;
      draw();
    }
  } catch (error) {
    field.value = "";
  }
})();
