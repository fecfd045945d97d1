// The chat page: fetches what is new, draws it, sends what is written.

import { Log } from "./bubbles.js";
import { prepared } from "./photo.js";
import { Post } from "./post.js";

const LOOK = 4000; // milliseconds between looks while the stream of news is down
const NEAR = 80; // pixels from the end that still count as being there
const words = document.body.dataset;
const { address, group } = words;
const at = (id) => document.getElementById(id);
const scroll = at("scroll");
const text = at("text");

const messages = new Map();
let version = "";
let today = "";
let older = null;
let looking = false;
let lookAgain = false;
let timer = 0;
let unseen = 0;
let limit = 0; // characters that the answer to the newest message may have; 0: nothing to count
let following = true; // the reader is at the end, and stays there when something comes

const post = new Post({ address, group, changed: () => draw(true), arrived: look, gone: () => location.reload() });
const log = new Log(at("log"), { tap, retry: (id) => post.again(id) });

function draw(follow) {
  following ||= follow;
  const sorted = [...messages.values()].sort((one, two) => (one.order < two.order ? -1 : 1));
  log.draw(sorted, post.waiting, today);
  limit = sorted.findLast((message) => message.who === "bot")?.limit || 0;
  count();
  if (following) toEnd();
}

function toEnd() {
  following = true;
  scroll.scrollTop = scroll.scrollHeight;
  at("latest").hidden = true;
}

function tap(message, token) {
  log.rest(message.key, token);
  post.tap(token, message.key.slice(1));
}

async function fetched(query) {
  const from = new URLSearchParams({ ...query, ...(group && { group }) });
  const answer = await fetch(`/chat/messages?${from}`);
  if (answer.status === 401) location.reload();
  if (answer.status === 204) return null;
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function merge(page) {
  let fresh = 0;
  for (const message of page.messages) {
    const before = messages.get(message.key);
    if (before && before.version > message.version) continue;
    if (!before && message.who !== "me") fresh += 1;
    // An edit keeps the place of the message that it changed, also where only the edit is in this window.
    messages.set(message.key, before ? { ...message, order: before.order, at: before.at } : message);
  }
  today = page.today;
  return fresh;
}

// One look at a time; a wish that comes meanwhile is granted afterwards.
async function look() {
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  try {
    do {
      lookAgain = false;
      await lookOnce();
    } while (lookAgain);
    online(true);
  } catch {
    online(false);
  } finally {
    looking = false;
  }
}

async function lookOnce() {
  const first = !version;
  const page = await fetched({ after: version });
  if (!page) return;
  const fresh = merge(page);
  version = page.version;
  if (first) {
    older = page.older;
    at("older").hidden = !older;
  }
  log.wake();
  post.forget(new Set(page.messages.map((message) => message.id)));
  post.waiting = post.waiting.filter((letter) => !(letter.token && letter.sent));
  draw(first);
  if (fresh && !following) at("latest").hidden = false;
  if (!first && fresh && document.hidden) badge(fresh);
}

async function lookBack() {
  const page = await fetched({ before: older });
  if (!page) return;
  const from = scroll.scrollHeight - scroll.scrollTop;
  following = false;
  merge(page);
  older = page.older;
  at("older").hidden = !older;
  draw(false);
  scroll.scrollTop = scroll.scrollHeight - from;
}

function badge(more) {
  unseen += more;
  document.title = `(${unseen}) ${document.title.replace(/^\(\d+\) /, "")}`;
}

function online(yes) {
  const state = at("state");
  state.dataset.usual ||= state.textContent;
  state.textContent = yes ? state.dataset.usual : words.offline;
  state.classList.toggle("off", !yes);
}

function follow() {
  const news = new EventSource(`/chat/events?${new URLSearchParams(group ? { group } : {})}`);
  news.addEventListener("open", () => {
    clearInterval(timer);
    timer = 0;
    look();
    post.again();
  });
  news.addEventListener("news", look);
  news.addEventListener("error", () => {
    timer ||= setInterval(look, LOOK);
    look();
    if (news.readyState === EventSource.CLOSED) setTimeout(follow, LOOK * 5);
  });
  addEventListener("pagehide", () => news.close(), { once: true });
}

// The first sight of the chat in a day is a message, too: the bot answers with what is due. The server counts the days.
async function open() {
  if (group) return;
  try {
    await fetch("/chat/open", { method: "POST" });
  } catch {
    return; // the next look at the page tries again
  }
  look();
}

function send() {
  const said = text.value.trim();
  if (!said) return;
  text.value = "";
  grow();
  post.say(said);
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
  at("send").classList.toggle("ready", Boolean(text.value.trim()));
  count();
}

// Characters as the server counts them: a sign outside the common plane is one, spaces at the ends are none.
function count() {
  const written = [...text.value.trim()].length;
  const shown = at("count");
  shown.hidden = !limit || !written;
  shown.textContent = `${written}/${limit}`;
  shown.classList.toggle("over", written > limit);
}

at("write").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  text.focus();
});
text.addEventListener("input", grow);
text.addEventListener("keydown", (event) => {
  // While a Chinese input method is composing, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
});
at("menu")?.addEventListener("click", () => post.say(words.menu));
at("photo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const { photo, preview } = await prepared(file);
  post.show(photo, preview);
});
at("latest").addEventListener("click", toEnd);
at("older").addEventListener("click", lookBack);
at("log").addEventListener("load", () => following && toEnd(), true); // a picture has grown
scroll.addEventListener("scroll", () => {
  following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
  if (following) at("latest").hidden = true;
});
visualViewport?.addEventListener("resize", () => following && toEnd()); // the keyboard came or went
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = document.title.replace(/^\(\d+\) /, "");
  open();
});

at("ready").disabled = false; // what is written before somebody listens would be lost
await look();
open();
follow();
post.work();
