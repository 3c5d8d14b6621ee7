/* Passkeys: the one thing about accounts that browsers do by script only.

   A form with data-passkey="create" or "get" is shown where the browser can do it. Its options lie
   on the page (data-options) or are fetched from the form's own address. What the device answers
   goes into the hidden field "credential", and the form is sent. */
(function () {
  "use strict";

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = "";
    new Uint8Array(buffer).forEach(function (byte) { plain += String.fromCharCode(byte); });
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function readable(options) {
    var key = options.publicKey;
    key.challenge = bytes(key.challenge);
    if (key.user) key.user.id = bytes(key.user.id);
    (key.excludeCredentials || []).concat(key.allowCredentials || []).forEach(function (one) {
      one.id = bytes(one.id);
    });
    return options;
  }

  function storable(credential) {
    var response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(
      function (name) {
        if (credential.response[name]) response[name] = text(credential.response[name]);
      }
    );
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: response
    });
  }

  function create(options) {
    // A key that signs in by itself: the device keeps it and asks who is there.
    var wanted = options.publicKey.authenticatorSelection;
    wanted.residentKey = "required";
    wanted.requireResidentKey = true;
    wanted.userVerification = "required";
    return navigator.credentials.create(readable(options));
  }

  function get(options) {
    return navigator.credentials.get(readable(options));
  }

  function optionsOf(form) {
    var place = form.dataset.options;
    if (place) {
      var options = JSON.parse(document.getElementById(place).textContent);
      return Promise.resolve(options.creation_options || options.request_options);
    }
    return fetch(form.action, { headers: { Accept: "application/json" } }).then(function (answer) {
      if (!answer.ok) throw new Error("no options: " + answer.status);
      return answer.json();
    }).then(function (data) { return data.request_options; });
  }

  function show(note) {
    document.querySelectorAll("[data-passkey-note]").forEach(function (element) {
      element.hidden = element.dataset.passkeyNote !== note;
    });
  }

  function setUp(form) {
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      show("");
      optionsOf(form)
        .then(form.dataset.passkey === "create" ? create : get)
        .then(function (credential) {
          form.elements.namedItem("credential").value = storable(credential);
          form.submit();
        })
        .catch(function () { show("failed"); });
    });
  }

  // Browsers have no passkeys for addresses that are bare numbers, even on this machine.
  var named = /[a-z]/i.test(location.hostname) && !location.hostname.startsWith("[");
  var able = named && window.isSecureContext && window.PublicKeyCredential;
  show(able ? "" : "browser");
  if (able) document.querySelectorAll("form[data-passkey]").forEach(setUp);
})();
