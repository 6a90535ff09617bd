// Runs the clients in JavaScript: a question is a line of JSON, and so is what the client understood.
const { createInterface } = require("node:readline");

const run = async (line) => {
  const { client, ...question } = JSON.parse(line);
  try {
    return { understood: await require(`./${client}.js`).read(question) };
  } catch (error) {
    return { failed: String(error.stack || error) };
  }
};

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await run(line))}\n`);
  }
})();
