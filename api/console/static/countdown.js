// Counts down to the moments that stand on the screen. The clock is that of the server: the browser's may be wrong.
const ends = new WeakMap();
const written = (milliseconds) => {
  const seconds = Math.ceil(Math.round(milliseconds) / 1000), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours >= 24) return `in ${Math.floor(hours / 24)} d ${hours % 24} h`;
  return hours ? `in ${hours} h ${minutes % 60} min` : minutes ? `in ${minutes} min ${seconds % 60} s` : `in ${seconds} s`;
};
const count = () => {
  // Parts of the screen are replaced while it is open: look for what is there now.
  for (const element of document.querySelectorAll("[data-until]")) {
    const { until, now, reached } = element.dataset;
    if (!ends.has(element)) ends.set(element, performance.now() + Date.parse(until) - Date.parse(now));
    const rest = ends.get(element) - performance.now(), text = rest > 0 ? written(rest) : reached;
    if (element.textContent !== text) element.textContent = text;
  }
};
count();
setInterval(count, 1000);
