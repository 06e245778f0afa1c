// The one module of the console. Without it every page works; with it, what has changed is
// swapped in, and times are the reader's own.

const original = new WeakMap(); // What the server sent for an element, before times were made local.

function localize(root) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const el of root.querySelectorAll("time[datetime]")) {
    const at = new Date(el.dateTime);
    if (!Number.isNaN(at.getTime())) el.textContent = format.format(at);
  }
}

function remember(el) {
  original.set(el, el.outerHTML);
}

function lively(root) {
  return root.querySelectorAll("[data-live][id]");
}

// Somebody who types into a part, or has opened or chosen something in it, is not disturbed.
function isBusy(el) {
  const active = document.activeElement;
  if (active && active !== document.body && el.contains(active) && active.matches("input, textarea, select")) return true;
  const chosen = document.getSelection();
  return Boolean(chosen && !chosen.isCollapsed && chosen.anchorNode && el.contains(chosen.anchorNode));
}

function swap(fresh) {
  for (const el of lively(document)) {
    if (el.parentElement?.closest("[data-live]")) continue; // Its parent is swapped as a whole.
    const next = fresh.getElementById(el.id);
    if (!next) continue;
    const html = next.outerHTML;
    if (original.get(el) === html || isBusy(el)) continue;
    const focused = el.contains(document.activeElement) ? selectorOf(document.activeElement) : "";
    const node = document.importNode(next, true);
    el.replaceWith(node);
    original.set(node, html);
    localize(node);
    if (focused) node.querySelector(focused)?.focus({ preventScroll: true });
  }
}

function selectorOf(el) {
  if (el.id) return "#" + CSS.escape(el.id);
  if (el.tagName === "A" && el.hasAttribute("href")) return `a[href="${CSS.escape(el.getAttribute("href"))}"]`;
  const form = el.closest("form[action]");
  return form ? `form[action="${CSS.escape(form.getAttribute("action"))}"] ${el.tagName.toLowerCase()}` : "";
}

let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { "X-Docket-Live": "1" }, redirect: "error", cache: "no-store" });
    if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // Away for a moment; the next change or the stream's return asks again.
  }
  asking = false;
  if (again) {
    again = false;
    setTimeout(refresh, 200);
  }
}

for (const el of lively(document)) remember(el);
localize(document);
// On a phone the menu is a strip: the page's own entry is to be in sight.
document.querySelector('.side [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });

const events = document.body.dataset.events;
if (events) {
  const stream = new EventSource(events);
  let opened = false;
  stream.addEventListener("changed", () => { if (!document.hidden) refresh(); });
  stream.addEventListener("open", () => { if (opened) refresh(); opened = true; });
}
// "For 3 minutes" grows old by itself, and the public page has no stream.
setInterval(() => { if (!document.hidden) refresh(); }, 30_000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
