// Keys for the check queue. A key press changes the row that is left and the row that is reached, however many there are.
const table = document.querySelector("[data-queue]"), pane = document.querySelector("[data-pane]"), help = document.getElementById("keys");
const WIDE = matchMedia("(min-width: 60.01rem)");
const ACTS = { c: "c", d: "d", s: "s", e: "e" };
let current = null, waiting = 0, asked = null;

const linkOf = (row) => row.querySelector("a");

function choose(row, focus = true) {
  if (!row || row === current) return;
  if (current) {
    current.classList.remove("current");
    linkOf(current).tabIndex = -1;
    linkOf(current).removeAttribute("aria-current");
  }
  current = row;
  row.classList.add("current");
  const link = linkOf(row);
  link.tabIndex = 0;
  link.setAttribute("aria-current", "true");
  if (focus) link.focus();
  if (!WIDE.matches) return;
  clearTimeout(waiting);
  // Somebody who holds the key down reads none of those in between.
  waiting = setTimeout(() => show(row), 120);
}

async function show(row) {
  const id = row.id.slice(2);
  if (pane.querySelector("[data-beside]")?.dataset.beside === id) return;
  asked?.abort();
  asked = new AbortController();
  pane.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/console/queue/${id}/beside`, { signal: asked.signal });
    if (!fill(await answer.text())) location.reload();
  } catch (error) {
    if (error.name === "AbortError") return;
    pane.textContent = "The request cannot be loaded. Look at the connection, or open it from the list.";
  }
  pane.removeAttribute("aria-busy");
}

// Puts a request beside the list. Says whether it was one: without a session it is the screen to sign in.
function fill(text) {
  const made = document.createElement("template");
  made.innerHTML = text;
  const held = made.content.querySelector("[data-beside]");
  if (!held || made.content.querySelector("main")) return false;
  pane.replaceChildren(held);
  const row = document.getElementById(`r-${held.dataset.beside}`);
  for (const cell of row?.querySelectorAll("[data-state]") ?? []) if (cell.textContent !== held.dataset.state) cell.textContent = held.dataset.state;
  const who = row?.querySelector("[data-who]");
  if (who && who.textContent !== held.dataset.who) who.textContent = held.dataset.who;
  return true;
}

async function send(event) {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  event.submitter?.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(`${form.action.split("?")[0]}/beside`, { method: "POST", body });
    const named = form.id;
    if (!fill(await answer.text())) return form.submit();
    const again = pane.querySelector("[data-focus]");
    if (again) return again.focus();
    // What comes next: to decide what one has claimed, else the list.
    const next = named === "claim" && pane.querySelector('[data-key="d"] input[type="radio"]');
    if (next) next.focus();
    else linkOf(current ?? table.tBodies[0].rows[0]).focus();
  } catch {
    // As without scripts: the browser says what is wrong with the connection, and what was typed stays.
    form.submit();
  }
}

function act(key) {
  const place = pane.querySelector(`[data-key="${key}"]`);
  if (!place) return;
  if (place.tagName === "DETAILS") place.open = true;
  if (key === "c") place.querySelector("form").requestSubmit();
  else place.querySelector('input:not([type="hidden"]), select, textarea, button')?.focus();
}

const isTyping = (place) => place.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape" && !help.open) {
    linkOf(current ?? table?.tBodies[0].rows[0] ?? document).focus();
    return;
  }
  if (isTyping(event.target)) return;
  const isRadio = event.target.type === "radio";
  if (event.key === "?") help.showModal();
  else if (event.key === "/") {
    const filters = document.getElementById("filters");
    filters.open = true;
    document.getElementById("filter-reference").focus();
  } else if (!table) return;
  else if (event.key === "j" || (event.key === "ArrowDown" && !isRadio && table.contains(event.target))) choose(current?.nextElementSibling ?? (current ? null : table.tBodies[0].rows[0]));
  else if (event.key === "k" || (event.key === "ArrowUp" && !isRadio && table.contains(event.target))) choose(current?.previousElementSibling);
  else if (event.key in ACTS && WIDE.matches) act(ACTS[event.key]);
  else return;
  event.preventDefault();
});

const button = document.querySelector("[data-help]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}
if (table) {
  const rows = table.tBodies[0].rows;
  // One stop of the tabulator for the whole list, once it has keys of its own.
  for (const row of rows) linkOf(row).tabIndex = -1;
  choose(document.getElementById(location.hash.slice(1)) ?? rows[0], location.hash.length > 1);
  table.addEventListener("click", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row || !WIDE.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // A click chooses; a click on what is chosen opens it, as Enter does.
    if (event.detail === 0 || row === current) return;
    event.preventDefault();
    choose(row);
  });
  pane.addEventListener("submit", send);
}
