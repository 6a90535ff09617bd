// Adds the reader's own time to each time of the page, where their clocks show another one.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;
const shown = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const spans = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const offset = /([+-])(\d\d):(\d\d)$/;
// Says when a span is by the reader's clocks, if they show another time than those that it is given by.
function addOwnSpans(root) {
  for (const line of root.querySelectorAll("[data-own][hidden]")) {
    const [start, end] = [new Date(line.dataset.own), new Date(line.dataset.ownUntil)];
    const [, sign, hours, minutes] = offset.exec(line.dataset.clocks) ?? [, "+", 0, 0];
    const said = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    if (Number.isNaN(start.valueOf()) || said === -start.getTimezoneOffset()) continue;
    line.textContent = line.dataset.say.replace("{}", `${spans.formatRange(start, end)} (${own})`);
    line.hidden = false;
  }
}
function addOwnTimes(root) {
  addOwnSpans(root);
  for (const time of root.querySelectorAll("time[datetime*='T']:not([title])")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.title = `${shown.format(at)} (${own})`;
  }
}
addOwnTimes(document);
new MutationObserver(() => addOwnTimes(document)).observe(document.body, { childList: true, subtree: true });
