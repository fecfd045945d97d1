// Figures that change are shown without a reload. Without this script the page is the same, only as old as its load.

const EVERY = 20_000;
let mark = null;

async function look() {
  if (document.hidden) {
    return;
  }
  try {
    const said = await fetch("/board/my-mark", { headers: mark ? { "if-none-match": mark } : {} });
    if (said.status !== 200) {
      return; // 304: nothing is new; anything else is tried again
    }
    const known = mark;
    mark = said.headers.get("etag");
    if (known !== null) {
      await refresh();
    }
  } catch {
    // no network: the next look will tell
  }
}

async function refresh() {
  const answer = await fetch(location.href);
  if (!answer.ok) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  const main = document.querySelector("main");
  if (fresh && main && !main.contains(document.activeElement)) {
    main.replaceChildren(...fresh.childNodes);
  }
}

look();
setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
