// The corner banner for pages of others: <script src="https://…/embed.js" async></script>.
// It asks for embed.json beside it, once. It keeps nothing, and does nothing while all is well.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const address = new URL("embed.json", script.src);
  const language = script.dataset.lang || document.documentElement.lang;
  if (language) address.searchParams.set("lang", language);

  const colors = {
    operational: "#1a7f45", under_maintenance: "#1d63c4", degraded_performance: "#8a6100",
    partial_outage: "#b34700", major_outage: "#b3141d", unknown: "#5c6470",
  };
  const rules = `:host{all:initial;position:fixed;bottom:1rem;inset-inline-end:1rem;z-index:2147483647;
    max-width:min(24rem,calc(100vw - 2rem))}
  @media print{:host{display:none}}
  div{display:flex;align-items:flex-start;font:1rem/1.4 system-ui,sans-serif;color:#1a1d21;background:#fff;
    border:1px solid #565d66;border-inline-start:.5rem solid var(--status);border-radius:.4rem;overflow-wrap:anywhere;
    box-shadow:0 .2rem .8rem #0004;max-height:min(14rem,calc(100vh - 2rem));overflow:auto;box-sizing:border-box}
  a{flex:1;min-width:0;padding:.7rem 0 .7rem 1rem;padding-inline:1rem 0;color:inherit}
  button{flex:none;position:sticky;top:0;min-width:2.75rem;min-height:2.75rem;font:inherit;font-size:1.3rem;color:inherit;background:none;border:0;
    cursor:pointer}
  :focus-visible{outline:3px solid #0b57d0;outline-offset:-3px}
  @media (prefers-color-scheme:dark){div{color:#e8eaed;background:#191c20;border-color:#a3abb5;
    border-inline-start-color:var(--status)}:focus-visible{outline-color:#8ab4f8}}`;

  const show = (state) => {
    const host = document.createElement("aside");
    const root = host.attachShadow({ mode: "open" });
    // A style of its own, which a strict policy of the page (without 'unsafe-inline') does not forbid.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${rules} div{--status:${colors[state.status] || colors.unknown}}`);
    root.adoptedStyleSheets = [sheet];
    host.lang = state.language;
    host.dir = state.direction;
    host.setAttribute("aria-label", state.site);
    const box = document.createElement("div");
    box.setAttribute("role", "status");
    root.append(box);
    document.body.append(host);
    const link = document.createElement("a");
    link.href = state.url;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = state.headline;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", state.close);
    close.addEventListener("click", () => host.remove());
    // Screen readers say what comes into a place that is there already.
    requestAnimationFrame(() => box.append(link, close));
  };

  fetch(address, { credentials: "omit", cache: "no-cache", referrerPolicy: "no-referrer" })
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((state) => {
      if (!state || state.status === "operational") return;
      if (document.body) show(state);
      else addEventListener("DOMContentLoaded", () => show(state));
    })
    .catch(() => {});
})();
