// Adds the reader's own time to each time of the page, where their clocks show another one.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;
const shown = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
function addOwnTimes(root) {
  for (const time of root.querySelectorAll("time[datetime*='T']:not([title])")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.title = `${shown.format(at)} (${own})`;
  }
}
addOwnTimes(document);
new MutationObserver(() => addOwnTimes(document)).observe(document.body, { childList: true, subtree: true });
