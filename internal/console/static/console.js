// The console's only script. Every page works without it; with it, pages update themselves
// and times are shown in the reader's time zone.

const original = new WeakMap(); // The HTML that the server sent for an element, before times were made local.

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

// Do not disturb somebody who is typing in a part, or has opened or selected something in it.
function isBusy(el) {
  const active = document.activeElement;
  if (active && active !== document.body && el.contains(active) && active.matches("input, textarea, select")) return true;
  const chosen = document.getSelection();
  return Boolean(chosen && !chosen.isCollapsed && chosen.anchorNode && el.contains(chosen.anchorNode));
}

function swap(fresh) {
  for (const el of lively(document)) {
    if (el.parentElement?.closest("[data-live]")) continue; // Its parent is replaced as a whole.
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
    // The server is briefly unreachable; the next change or reconnect tries again.
  }
  asking = false;
  if (again) {
    again = false;
    setTimeout(refresh, 200);
  }
}

for (const el of lively(document)) remember(el);
localize(document);
// On a phone the menu scrolls sideways: keep the current page's entry in view.
document.querySelector('.side [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });

const events = document.body.dataset.events;
if (events) {
  const stream = new EventSource(events);
  let opened = false;
  stream.addEventListener("changed", () => { if (!document.hidden) refresh(); });
  stream.addEventListener("open", () => { if (opened) refresh(); opened = true; });
}
// "For 3 minutes" goes out of date by itself, and the public page has no event stream.
setInterval(() => { if (!document.hidden) refresh(); }, 30_000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
