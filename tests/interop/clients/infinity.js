// Asks a site what the dashboard asks by Grafana's Infinity source, whose query language is JSONata, and prints as one
// JSON object what each panel of it shows: a list of rows by the title of the panel.
//
//     node infinity.js ADDRESS DASHBOARD
"use strict";

const fs = require("fs");
const jsonata = require("jsonata");

async function main(address, dashboard) {
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
}

main(process.argv[2], process.argv[3]).then(
  (found) => console.log(JSON.stringify(found)),
  (error) => {
    console.error(String(error));
    process.exit(1);
  },
);
