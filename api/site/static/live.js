// Keeps an open page current: the parts that changed are replaced, and what changed is said to screen readers.
// One tab of a language listens for all of them: browsers open few connections to a server.
{
  const live = document.querySelector("[data-live]");
  const POLL = 30_000, PATIENCE = 10_000;
  // Each part as the server wrote it: without what scripts and readers do to it.
  const texts = new Map(), parts = (page) => page.querySelectorAll("[data-part]");
  let missed = "", lost = 0;
  for (const part of parts(document)) texts.set(part.id, part.outerHTML);

  function replace(part, fresh) {
    const at = document.activeElement;
    const focused = part.contains(at) && (at.id ? `#${CSS.escape(at.id)}` : `[href="${CSS.escape(at.getAttribute("href"))}"]`);
    for (const each of part.querySelectorAll("[open] > summary")) fresh.querySelector(`#${CSS.escape(each.id)}`)?.parentNode.setAttribute("open", "");
    part.replaceWith(fresh);
    if (focused) (fresh.querySelector(focused) ?? live).focus({ preventScroll: true });
  }

  function take(next) {
    const gone = new Set(texts.keys());
    let last = document.getElementById("say");
    for (const fresh of parts(next)) {
      const { id, outerHTML } = fresh, part = document.getElementById(id);
      if (!part) last.after(fresh);
      else if (texts.get(id) !== outerHTML) replace(part, fresh);
      texts.set(id, outerHTML);
      gone.delete(id);
      last = document.getElementById(id);
    }
    for (const id of gone) texts.delete(id) && document.getElementById(id).remove();
    document.title = next.title;
  }

  function lose(since) {
    lost = since && (lost || since);
    const note = document.getElementById("lost"), minutes = Math.round((lost - Date.now()) / 60_000);
    const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
    note.querySelector("time").textContent = ago.format(minutes, "minute");
    note.hidden = !lost;
  }

  async function refresh(say) {
    missed = document.hidden ? say || missed || " " : "";
    if (missed) return;
    try {
      const answer = await fetch(location.href, { cache: "no-cache" });
      if (!answer.ok) throw answer;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!parts(next).length) throw next;
      take(next);
      const age = answer.headers.get("Age");
      lose(age && Date.now() - age * 1_000);
      if (say.trim()) document.getElementById("say").textContent = say;
    } catch { lose(Date.now()); }
  }

  // Within a second, so that not everybody asks at one moment.
  const hear = ({ say, since }) => since === undefined ? setTimeout(refresh, Math.random() * 1_000, say) : lose(since);

  function listen(tell) {
    const stream = new EventSource(live.dataset.live);
    let waiting = 0;
    stream.addEventListener("changed", (event) => tell(JSON.parse(event.data)));
    stream.onopen = () => {
      waiting = clearTimeout(waiting);
      tell({ since: 0 });
      if (performance.now() > PATIENCE) tell({ say: "" });
    };
    stream.onerror = () => {
      if (stream.readyState < EventSource.CLOSED) waiting ||= setTimeout(tell, PATIENCE, { since: Date.now() });
      else {
        // Refused: too many listen.
        tell({ say: "" });
        setTimeout(listen, POLL, tell);
      }
    };
  }

  if (live) {
    document.addEventListener("visibilitychange", () => missed && refresh(missed));
    setInterval(() => lost && lose(lost), POLL);
    if (navigator.locks) {
      const others = new BroadcastChannel(live.dataset.live);
      others.onmessage = (event) => hear(event.data);
      const tell = (message) => { others.postMessage(message); hear(message); };
      navigator.locks.request(live.dataset.live, () => new Promise(() => listen(tell)));
    } else setInterval(refresh, POLL, "");
  }
}
