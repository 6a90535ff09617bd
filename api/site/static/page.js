// Adds the reader's own time to each time of the page, where their clocks show another one.
const days = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" });
// Day, time and distance from UTC by the reader's clocks, written as the page writes them.
const day = (at) => days.format(at), clock = (at) => at.toTimeString().slice(0, 5);
function written(start, end = start) {
  const [, sign, hours, rest] = /([+-])0?(\d+)(\d\d) /.exec(end);
  const zone = `UTC${hours + rest > 0 ? sign + hours : ""}${rest > 0 ? `:${rest}` : ""}`;
  const until = end > start ? ` – ${day(start) === day(end) ? "" : `${day(end)}, `}${clock(end)}` : "";
  return `${day(start)}, ${clock(start)}${until} (${zone})`;
}
function addOwnTimes() {
  // Says when a span is by the reader's clocks, if they show another time than those that it is given by.
  for (const line of document.querySelectorAll("[data-own][hidden]")) {
    const { own, ownUntil, clocks, say } = line.dataset, start = new Date(own);
    // Without its distance from UTC, a time is read by the reader's clocks.
    if (!(new Date(clocks.slice(0, 16)) - start)) continue;
    line.textContent = say.replace("{}", written(start, new Date(ownUntil)));
    line.hidden = false;
  }
  for (const time of document.querySelectorAll("time[datetime*='T']:not([title])")) time.title = written(new Date(time.dateTime));
}
addOwnTimes();
new MutationObserver(addOwnTimes).observe(document.body, { childList: true, subtree: true });
