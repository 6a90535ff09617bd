// Moves the replay with its slider: only the part of the screen that changes is read again.
const form = document.querySelector("[data-replay]");
const slider = form?.querySelector("input[type=range]");
const PAUSE = 80;
let reading, waiting;

async function show() {
  reading?.abort();
  reading = new AbortController();
  const query = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(`${form.dataset.replay}?${query}`, { signal: reading.signal });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#now");
    // Something else came, as the form to sign in: the whole screen says what.
    if (!found) return location.assign(`${form.action}?${query}`);
    const before = document.querySelector("#now");
    const pressed = before.contains(document.activeElement) && document.activeElement.rel;
    before.replaceWith(found);
    // Whoever goes on with the links keeps the one that they pressed, as long as it leads on.
    if (pressed) (found.querySelector(`[data-step][rel=${pressed}]`) ?? slider).focus();
    slider.setAttribute("aria-valuetext", found.dataset.said);
    history.replaceState(null, "", found.dataset.address);
  } catch (wrong) {
    if (wrong.name !== "AbortError") location.assign(`${form.action}?${query}`);
  }
}

if (slider) {
  form.querySelector("[data-without-scripts]").hidden = true;
  slider.setAttribute("aria-valuetext", document.querySelector("#now").dataset.said);
  slider.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-step]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    slider.value = link.dataset.step;
    show();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
}
