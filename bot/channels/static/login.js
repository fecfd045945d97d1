// The link's token stands after the #, where no server and no preview sees it; the button uses it up.

const words = document.body.dataset;
const at = (id) => document.getElementById(id);
const hash = decodeURIComponent(location.hash.slice(1));
const code = hash.startsWith("code=") ? hash.slice(5) : "";
const token = code ? "" : hash;
history.replaceState(null, "", location.pathname + location.search);

function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function enter(entry) {
  at("said").textContent = words.wait;
  let status = 0;
  try {
    const headers = { "content-type": "application/json" };
    status = (await fetch("/login", { method: "POST", headers, body: JSON.stringify(entry) })).status;
  } catch {
    // no network: said below
  }
  if (status === 204) {
    location.replace(words.to); // a page of ours: the server saw to it
    return;
  }
  at("said").textContent = { 403: words.used, 422: words.used, 429: words.slow }[status] || words.down;
}

at("typed").value = code;
at("link").addEventListener("submit", (event) => {
  event.preventDefault();
  enter({ token });
});
at("code").addEventListener("submit", (event) => {
  event.preventDefault();
  enter({ code: at("typed").value.trim(), id: fresh() });
});
at("link").hidden = !token;
at("ready").disabled = false; // not before: the browser would put the code into the address
