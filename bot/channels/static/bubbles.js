// The log: one element a message, drawn anew only when its message changed.

import { trouble } from "./post.js";

const LINK = /https?:\/\/[^\s<>"'，。；、）】]+[^\s<>"'，。；、）】.,;:!?)\]]/g;
const words = document.body.dataset;
const SETTLE = 700; // milliseconds
const language = document.documentElement.lang;

export class Log {
  constructor(list, { tap, retry }) {
    this.list = list;
    this.tap = tap;
    this.retry = retry;
    this.tapped = -Infinity;
    this.drawn = new Map();
    this.busy = new Map(); // message key → the button that was tapped
  }

  draw(messages, letters, today) {
    const wanted = [];
    const last = messages.findLast((message) => message.who === "bot" && message.buttons.length);
    let day = "";
    for (const message of messages) {
      const here = message.at.slice(0, 10);
      if (here !== day) wanted.push(this.kept(`day ${here}`, `${here} ${today}`, () => separator(here, today)));
      day = here;
      const state = `${message.version} ${message === last} ${message.labels || ""}`;
      wanted.push(this.kept(message.key, state, () => this.bubble(message, message === last)));
    }
    const bubbles = letters.filter((letter) => !letter.token);
    if (bubbles.length && day !== today && today) {
      wanted.push(this.kept(`day ${today}`, `${today} ${today}`, () => separator(today, today)));
    }
    for (const letter of bubbles) {
      const state = `${letter.sent} ${trouble(letter)}`;
      wanted.push(this.kept(`letter ${letter.id}`, state, () => this.pending(letter)));
    }
    if (!wanted.length) wanted.push(this.kept("empty", "", () => item("note", words.empty)));
    this.place(wanted);
  }

  // Buttons rest while their answer is on its way.
  rest(key, token) {
    const row = this.drawn.get(key)?.node;
    if (!row) return;
    row.querySelectorAll(".choice").forEach((button) => {
      button.disabled = true;
      button.classList.toggle("tapped", button.dataset.token === token);
    });
    this.busy.set(key, token);
  }

  wake() {
    for (const key of this.busy.keys()) {
      this.drawn.get(key)?.node.querySelectorAll(".choice").forEach((button) => {
        button.disabled = false;
        button.classList.remove("tapped");
      });
    }
    this.busy.clear();
  }

  kept(key, state, make) {
    const before = this.drawn.get(key);
    if (before?.state === state) return before.node;
    const node = make();
    if (before) before.node.replaceWith(node);
    this.drawn.set(key, { state, node });
    return node;
  }

  place(wanted) {
    let here = this.list.firstChild;
    for (const node of wanted) {
      if (node === here) here = here.nextSibling;
      else this.list.insertBefore(node, here);
    }
    while (here) {
      const next = here.nextSibling;
      here.remove();
      here = next;
    }
  }

  bubble(message, newest) {
    const row = item(`row ${message.who}`);
    if (message.who !== "me") row.append(face(message));
    const body = part("div", "body");
    if (message.name) body.append(part("p", "name", message.name));
    const bubble = part("div", "bubble");
    if (message.photo) bubble.append(picture(message.photo));
    if (message.text) bubble.append(prose(message.text, message.who === "bot"));
    if (message.paper) bubble.append(paper(message.paper));
    bubble.append(part("time", "time", message.at.slice(11, 16)));
    body.append(bubble);
    if (message.buttons?.length) body.append(this.choices(message, newest));
    row.append(body);
    return row;
  }

  choices(message, newest) {
    const box = part("div", newest ? "choices newest" : "choices");
    for (const line of message.buttons) {
      const row = part("div", "line");
      for (const { label, token } of line) {
        const button = part("button", label.startsWith("✅") ? "choice yes" : "choice", label);
        button.type = "button";
        button.dataset.token = token;
        if (performance.now() - this.tapped < SETTLE) {
          // The second half of a double tap falls on whatever has just come under the finger: it must not count.
          button.disabled = true;
          setTimeout(() => (button.disabled = false), SETTLE);
        }
        button.addEventListener("click", () => {
          this.tapped = performance.now();
          this.tap(message, token);
        });
        row.append(button);
      }
      box.append(row);
    }
    return box;
  }

  pending(letter) {
    const row = item("row me pending");
    const body = part("div", "body");
    const bubble = part("div", "bubble");
    if (letter.preview) bubble.append(letter.preview);
    bubble.append(part("p", "prose", letter.text || (letter.preview ? "" : words.picture)));
    body.append(bubble);
    const why = trouble(letter);
    if (why) {
      const again = part("button", "again", words[why] || words.unsent);
      again.type = "button";
      again.addEventListener("click", () => this.retry(letter.id));
      body.append(again);
    } else if (!letter.sent) {
      body.append(part("p", "state", words.sending));
    }
    row.append(body);
    return row;
  }
}

function item(name, text = "") {
  const node = part("li", name, text);
  return node;
}

function part(tag, name, text = "") {
  const node = document.createElement(tag);
  node.className = name;
  if (text) node.textContent = text;
  return node;
}

function separator(day, today) {
  const node = item("day");
  const time = part("time", "", dayName(day, today));
  time.dateTime = day;
  node.append(time);
  return node;
}

function dayName(day, today) {
  const date = new Date(`${day}T00:00:00Z`);
  const ago = Math.round((new Date(`${today}T00:00:00Z`) - date) / 86400000);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  const parts = { month: "long", day: "numeric", weekday: "short", timeZone: "UTC" };
  if (day.slice(0, 4) !== today.slice(0, 4)) parts.year = "numeric";
  return new Intl.DateTimeFormat(language, parts).format(date);
}

function face(message) {
  const node = part("span", message.who === "bot" ? "face bot" : `face face-${[...message.name].length % 6}`);
  node.ariaHidden = "true";
  if (message.who !== "bot") node.textContent = message.name.slice(0, 1);
  return node;
}

function picture(name) {
  const link = part("a", "picture");
  link.href = `/media/${encodeURIComponent(name)}`;
  link.target = "_blank";
  link.rel = "noopener";
  const image = document.createElement("img");
  image.src = link.href;
  image.alt = words.picture;
  link.append(image);
  return link;
}

function paper({ name, number, picture }) {
  const link = part("a", picture ? "chart" : "paper", picture ? "" : name);
  link.href = `/chat/papers/${number}`;
  if (picture) {
    link.target = "_blank";
    link.rel = "noopener";
    const image = document.createElement("img");
    image.src = link.href;
    image.alt = name;
    link.append(image);
  } else {
    link.download = name;
  }
  return link;
}

// Text as text; addresses that the bot gives become links, nothing else becomes anything.
function prose(text, linked) {
  const node = part("p", "prose");
  let from = 0;
  for (const found of linked ? text.matchAll(LINK) : []) {
    node.append(text.slice(from, found.index));
    const link = part("a", "", found[0]);
    link.href = found[0];
    link.rel = "noopener noreferrer";
    node.append(link);
    from = found.index + found[0].length;
  }
  node.append(text.slice(from));
  return node;
}
