// Asks a site what a dashboard asks by Grafana's Infinity source, whose query language is JSONata, and gives the rows that
// each of its panels shows, by the title of the panel. "dashboard" is the file.
"use strict";

const fs = require("fs");
const jsonata = require("jsonata");

exports.read = async ({ address, dashboard }) => {
  const found = {};
  for (const panel of JSON.parse(fs.readFileSync(dashboard, "utf8")).panels) {
    for (const target of panel.targets || []) {
      if (target.root_selector === undefined) {
        continue;
      }
      const response = await fetch(target.url.replace("${site}", address));
      if (!response.ok) {
        throw new Error(`${target.url}: ${response.status}`);
      }
      const rows = await jsonata(target.root_selector).evaluate(await response.json());
      found[panel.title] = (rows === undefined ? [] : [].concat(rows)).map((row) =>
        Object.fromEntries(target.columns.map((column) => [column.text, row[column.selector]])),
      );
    }
  }
  return found;
};
