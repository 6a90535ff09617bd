// Keeps a screen current: waits for what happens, and replaces the parts that it has changed.
const main = document.querySelector("main[data-position]");
const ENDED = "Your session has ended, and this screen is no longer kept current. Load it again to sign in.";
const parts = (page) => page.querySelectorAll("[data-part]");
const pause = (seconds) => new Promise((go) => setTimeout(go, seconds * 1_000));
const seen = () => document.hidden ? new Promise((go) => document.addEventListener("visibilitychange", go, { once: true })) : undefined;

function take(next) {
  const fresh = new Map([...parts(next)].map((part) => [part.id, part]));
  for (const part of parts(document)) {
    const now = fresh.get(part.id);
    const at = part.contains(document.activeElement) ? document.activeElement : undefined;
    // What somebody is filling in stays as it is.
    if (!now || part.innerHTML === now.innerHTML || at?.matches("input, select, textarea")) continue;
    part.replaceWith(now);
    if (at) (now.querySelector(`[href="${CSS.escape(at.getAttribute("href") ?? "")}"]`) ?? document.getElementById("content")).focus({ preventScroll: true });
  }
  main.dataset.position = next.querySelector("main").dataset.position;
}

function say(words) {
  const note = document.getElementById("lost");
  note.textContent = words;
  note.hidden = !words;
}

async function follow() {
  for (;;) {
    await seen();
    try {
      const heard = await fetch(`/console/live?after=${main.dataset.position}`);
      if (heard.status === 401) return say(ENDED);
      if (heard.status === 204) continue;
      if (!heard.ok) throw heard;
      const answer = await fetch(location.href, { headers: { "Bitacora-Again": "1" } });
      // It leads to the form to sign in.
      if (answer.redirected) return say(ENDED);
      if (!answer.ok) throw answer;
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      say("");
      await pause(1);
    } catch {
      say("The connection is lost. What you see may be out of date; it is tried again every few seconds.");
      await pause(5);
    }
  }
}

if (main) follow();
