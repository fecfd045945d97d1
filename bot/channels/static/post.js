// What was written and has not arrived yet: kept, sent in order, tried again until the server has it.

const WAITS = [1000, 2000, 4000, 8000, 15000, 30000];
const PATIENCE = 4; // tries after which the bubble says so and may be tapped

export class Post {
  // `changed` is called whenever a bubble looks different; `arrived` when the server has a message; `gone` when it
  // does not know us any more.
  constructor({ address, group, changed, arrived, gone }) {
    this.key = `wuyi ${address} ${group}`;
    this.group = group;
    this.changed = changed;
    this.arrived = arrived;
    this.gone = gone;
    this.busy = false;
    this.timer = 0;
    this.waiting = this.kept();
    addEventListener("online", () => this.again());
  }

  say(text) {
    return this.add({ text });
  }

  tap(token, edits) {
    return this.add({ token, edits });
  }

  show(photo, preview) {
    return this.add({ photo, preview });
  }

  // Try again at once, from the first; what the server refused for good is tried again only when it is asked for.
  again(id) {
    for (const letter of this.waiting) if (letter.id === id) Object.assign(letter, { refused: "", tries: 0 });
    clearTimeout(this.timer);
    this.timer = 0;
    this.work();
  }

  // The transcript has these: their own bubbles have done their work.
  forget(ids) {
    this.waiting = this.waiting.filter((letter) => !(letter.sent && ids.has(letter.id)));
    this.keep();
  }

  add(content) {
    const letter = { id: fresh(), group: this.group, tries: 0, refused: "", sent: false, at: Date.now(), ...content };
    this.waiting.push(letter);
    this.keep();
    this.changed();
    this.work();
    return letter;
  }

  async work() {
    if (this.busy || this.timer) return;
    const letter = this.waiting.find((one) => !one.sent && !one.refused);
    if (!letter) return;
    this.busy = true;
    const fate = await deliver(letter);
    this.busy = false;
    if (fate === "gone") return this.gone();
    if (fate === "sent") {
      letter.sent = true;
      this.keep();
      this.arrived(letter);
    } else if (fate === "later") {
      letter.tries += 1;
      const wait = WAITS[Math.min(letter.tries, WAITS.length) - 1];
      this.timer = setTimeout(() => this.again(), wait);
    } else {
      letter.refused = fate;
    }
    this.changed();
    this.work();
  }

  kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) || "[]");
    } catch {
      return [];
    }
  }

  keep() {
    // A picture does not fit; it is lost when the page is closed before it left.
    const letters = this.waiting.filter((letter) => !letter.photo && !letter.sent);
    try {
      if (letters.length) sessionStorage.setItem(this.key, JSON.stringify(letters));
      else sessionStorage.removeItem(this.key);
    } catch {
      // A browser that keeps nothing still sends.
    }
  }
}

// "" while all is well, "unsent" after several tries, or why it was refused.
export function trouble(letter) {
  return letter.refused || (letter.tries >= PATIENCE ? "unsent" : "");
}

async function deliver(letter) {
  let answer;
  try {
    answer = await (letter.photo ? upload(letter) : dispatch(letter));
  } catch {
    return "later";
  }
  if (answer.ok) return "sent";
  if (answer.status === 401) return "gone";
  if (answer.status === 413) return letter.photo ? "too_large" : "too_long";
  if (answer.status === 422) return (await reason(answer)) || "unsent";
  return answer.status === 429 || answer.status >= 500 ? "later" : "unsent";
}

function dispatch({ id, text, token, edits, group }) {
  const body = JSON.stringify(token ? { id, token, edits, group } : { id, text, group });
  return fetch("/chat/messages", { method: "POST", headers: { "content-type": "application/json" }, body });
}

function upload({ id, photo, group }) {
  const form = new FormData();
  form.append("id", id);
  form.append("group", group);
  form.append("photo", photo, "photo.jpg");
  return fetch("/chat/photos", { method: "POST", body: form });
}

async function reason(answer) {
  try {
    return (await answer.json()).error;
  } catch {
    return "";
  }
}

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing on plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
