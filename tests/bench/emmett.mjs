// Appends events to new streams by Emmett's store on PostgreSQL: one after the other, then 32 at a time.
// It is given the URL of a database and how many seconds each takes, and prints the rates as JSON.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , modules, url, seconds, state] = process.argv;
const found = createRequire(pathToFileURL(`${modules}/`)).resolve('@event-driven-io/emmett-postgresql');
const { getPostgreSQLEventStore } = await import(pathToFileURL(found));
const store = getPostgreSQLEventStore(url);
const data = JSON.parse(state);

async function append() {
  await store.appendToStream(`signal-${randomUUID()}`, [{ type: 'SignalDetected', data }]);
}

async function rate(atOnce) {
  const began = performance.now();
  const until = began + Number(seconds) * 1000;
  let taken = 0;
  const one = async () => {
    while (performance.now() < until) {
      await append();
      taken += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return (taken * 1000) / (performance.now() - began);
}

await append(); // It makes its tables with the first one.
console.log(JSON.stringify({ 'emmett 1': await rate(1), 'emmett 32': await rate(32) }));
await store.close();
