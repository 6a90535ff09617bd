// Imports a long file of accounts in pieces, and shows how far it is. Without this module, one form does the same.
const PIECE = 300;

/** Cuts a text into whole records of a table or of JSON lines; a quoted cell may have several lines. */
function pieces(text) {
  const found = [];
  let lines = [], quotes = 0, first = 1;
  const all = text.replaceAll("\r\n", "\n").split("\n");
  all.forEach((line, place) => {
    lines.push(line);
    quotes += line.startsWith("{") ? 0 : line.split('"').length - 1;
    if (place === all.length - 1 || (lines.length >= PIECE && quotes % 2 === 0)) {
      found.push({ first, text: lines.join("\n"), lines: lines.length });
      first += lines.length;
      lines = [];
    }
  });
  return { found, lines: all.length, head: all[0] };
}

for (const form of document.querySelectorAll("[data-pieces]")) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  let stopped = false;
  part("stop").addEventListener("click", () => { stopped = true; });
  form.addEventListener("submit", async (event) => {
    const file = form.elements.file.files[0];
    if (!file && form.elements.lines.value.length < 20_000) return;
    event.preventDefault();
    const text = (file ? await file.text() : form.elements.lines.value).replace(/^\ufeff/, "");
    if (text.trimStart().startsWith("[")) return form.submit();
    const { found, lines, head } = pieces(text);
    const bar = part("progress").querySelector("progress"), button = form.querySelector("button.main");
    const counts = { added: 0, changed: 0, repeat: 0, refused: 0 };
    const say = (words) => { part("status").textContent = words; };
    const far = () => `${counts.added} added, ${counts.changed} changed, ${counts.repeat} there already, ${counts.refused} refused`;
    stopped = false;
    button.disabled = true;
    part("progress").hidden = part("stop").hidden = false;
    part("refused").replaceChildren();
    bar.max = lines;
    let done = 0;
    for (const piece of found) {
      const body = new URLSearchParams({ form: "import", do: "piece", lines: `${piece.text}\n`, head });
      let answer;
      try {
        answer = await fetch(form.action, { method: "POST", body });
      } catch {
        answer = { ok: false, status: 0 };
      }
      if (!answer.ok) {
        const why = answer.status === 401 ? "Your session has ended: sign in again." : "It could not be sent.";
        say(`${why} Lines from ${piece.first} on were not read. Send the file again: nothing is doubled. So far: ${far()}.`);
        break;
      }
      const report = await answer.json();
      for (const name of Object.keys(counts)) counts[name] += report.counts[name];
      for (const each of report.refused) {
        const item = document.createElement("li");
        item.textContent = `Line ${each.line + piece.first - 1}: ${each.detail}.`;
        if (part("refused").childElementCount < 100) part("refused").append(item);
      }
      done += piece.lines;
      bar.value = done;
      part("words").textContent = `${done} of ${lines} lines`;
      say(`${far()}.`);
      if (stopped) { say(`Stopped after line ${done}. Send the file again to go on: nothing is doubled. So far: ${far()}.`); break; }
    }
    if (done === lines) say(`All lines are read: ${far()}.`);
    part("stop").hidden = true;
    button.disabled = false;
  });
}
