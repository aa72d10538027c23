// Signs in with a passkey, or adds one. Forms for it are shown only where the browser knows passkeys.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// What the service asks for, as a browser takes it: the parts that are bytes stand there as text.
const taken = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && {
    excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
  }),
  ...(options.allowCredentials && {
    allowCredentials: options.allowCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
  }),
});

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const written = (made) => {
  const response = {};
  for (const part of PARTS) if (made.response[part]) response[part] = text(made.response[part]);
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response,
    clientExtensionResults: made.getClientExtensionResults(),
  });
};

const ask = async (form) => {
  const answer = await fetch(`${form.action}/ask`, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": form.elements.csrf.value },
  });
  if (!answer.ok) throw new Error("refused");
  const asked = await answer.json();
  const publicKey = taken(JSON.parse(asked.options));
  const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.challenge.value = asked.challenge;
  form.elements.credential.value = written(made);
};

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const failed = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.name && !form.elements.name.value.trim()) return; // The service says so.
    event.preventDefault();
    event.stopPropagation();
    failed.hidden = true;
    try {
      await ask(form);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
