// Passkeys (WebAuthn): asks the browser for one, and hands its answer on. Pages work without it.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

async function post(place, body, csrf) {
  const headers = { "Content-Type": "application/json" };
  if (csrf) headers["X-CSRF-Token"] = csrf;
  const answer = await fetch(place, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function asked(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    for (const one of options[list] || []) one.id = bytes(one.id);
  }
  return options;
}

function said(credential) {
  const response = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

const PLACES = {
  "sign-in": "/sign-in/passkey",
  second: "/sign-in/second/passkey",
  enrol: "/account/passkeys",
};

async function use(box) {
  const place = PLACES[box.dataset.passkey];
  const csrf = box.dataset.csrf || "";
  const enrolling = box.dataset.passkey === "enrol";
  const password = document.querySelector("#enrol");
  const given = await post(`${place}/options`, { password: password ? password.value : "" }, csrf);
  const publicKey = asked(given.options);
  const credential = enrolling
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  const name = document.querySelector("#passkey-name");
  const done = await post(
    place,
    {
      challenge: given.challenge,
      credential: said(credential),
      name: name ? name.value : "",
      next: box.dataset.next || "",
    },
    csrf,
  );
  window.location.assign(done.next);
}

// A passkey is bound to a name; an address in numbers has none.
const named = !/^[\d.]+$|^\[/.test(window.location.hostname);

if (window.PublicKeyCredential && named) {
  for (const box of document.querySelectorAll("[data-passkey]")) {
    const wrong = box.querySelector("[data-wrong]");
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => {
      wrong.hidden = true;
      use(box).catch(() => {
        wrong.hidden = false;
      });
    });
  }
}
