// Adds the reader's own time to each time of the page, where their clocks show another one.
const days = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" });
const offset = /([+-])(\d\d):(\d\d)$/;
const two = (number) => String(number).padStart(2, "0");
// Day, time and distance from UTC by the reader's clocks, written as the page writes them.
const day = (at) => days.format(at);
const clock = (at) => `${two(at.getHours())}:${two(at.getMinutes())}`;
function distance(at) {
  const east = -at.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60];
  return east ? `UTC${east < 0 ? "-" : "+"}${hours}${rest ? `:${two(rest)}` : ""}` : "UTC";
}
function span(start, end) {
  const last = day(start) === day(end) ? clock(end) : `${day(end)}, ${clock(end)}`;
  return `${day(start)}, ${clock(start)} – ${last} (${distance(end)})`;
}
// Says when a span is by the reader's clocks, if they show another time than those that it is given by.
function addOwnSpans(root) {
  for (const line of root.querySelectorAll("[data-own][hidden]")) {
    const [start, end] = [new Date(line.dataset.own), new Date(line.dataset.ownUntil)];
    const [, sign, hours, minutes] = offset.exec(line.dataset.clocks) ?? [, "+", 0, 0];
    const said = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    if (Number.isNaN(start.valueOf()) || said === -start.getTimezoneOffset()) continue;
    line.textContent = line.dataset.say.replace("{}", span(start, end));
    line.hidden = false;
  }
}
function addOwnTimes(root) {
  addOwnSpans(root);
  for (const time of root.querySelectorAll("time[datetime*='T']:not([title])")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.title = `${day(at)}, ${clock(at)} (${distance(at)})`;
  }
}
addOwnTimes(document);
new MutationObserver(() => addOwnTimes(document)).observe(document.body, { childList: true, subtree: true });
