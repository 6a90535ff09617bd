// Keeps what changes by itself fresh: asks for the same screen again, and puts in its part.
const EVERY = 5000;
async function look() {
  if (!document.hidden) {
    const answer = await fetch(location.href).catch(() => null);
    const place = document.querySelector("[data-fresh]");
    const found = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-fresh]");
    if (found && found.innerHTML !== place.innerHTML && !place.contains(document.activeElement)) place.replaceChildren(...found.childNodes);
  }
  setTimeout(look, EVERY);
}
setTimeout(look, EVERY);
