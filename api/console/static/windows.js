// Asks the service what the times in a form mean while somebody types, and shows its answer beside the form.
const PAUSE = 350;
for (const part of document.querySelectorAll("[data-check]")) {
  const form = part.closest("form"), into = document.getElementById(part.dataset.into);
  let waiting, asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(part.dataset.check, { method: "POST", body, signal: asked.signal, redirect: "error" });
      if (!answer.ok) return;
      const shown = await answer.text();
      if (shown !== into.innerHTML) into.innerHTML = shown;
    } catch {
      // A later question took its place, or the service cannot be reached: the button still asks.
    }
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE); };
  form.addEventListener("input", (event) => {
    const name = event.target.name ?? "";
    if (part.contains(event.target) || name === "all" || name.startsWith("components.")) soon();
  });
  if (form.elements.start?.value) ask();
}
