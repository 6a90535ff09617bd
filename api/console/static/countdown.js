// Counts down to the moments that stand on the screen. The clock is that of the server: the browser's may be wrong.
const begun = performance.now();
const counters = [...document.querySelectorAll("[data-until]")].map((element) => ({
  element,
  left: Date.parse(element.dataset.until) - Date.parse(element.dataset.now),
}));
const written = (milliseconds) => {
  const seconds = Math.ceil(milliseconds / 1000), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours >= 24) return `in ${Math.floor(hours / 24)} d ${hours % 24} h`;
  return hours ? `in ${hours} h ${minutes % 60} min` : minutes ? `in ${minutes} min ${seconds % 60} s` : `in ${seconds} s`;
};
const count = () => {
  for (const { element, left } of counters) {
    const rest = left - (performance.now() - begun), text = rest > 0 ? written(rest) : element.dataset.reached;
    if (element.textContent !== text) element.textContent = text;
  }
};
if (counters.length) {
  count();
  setInterval(count, 1000);
}
