// Follows the log with the package eventsource, which goes on by itself where the stream is cut.
"use strict";

const { EventSource } = require("eventsource");

exports.read = ({ address, secret, until, ...asked }) =>
  new Promise((resolve) => {
    const found = { positions: [], ids: [], types: [], names: [], cut: 0, refused: null };
    const withToken = (url, init) =>
      fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${secret}` } });
    const query = new URLSearchParams(asked);
    const source = new EventSource(`${address}/v1/events/stream?${query}`, { fetch: withToken });
    const end = () => {
      source.close();
      resolve(found);
    };
    source.onmessage = (event) => {
      // What came together with the last one is handed on, too.
      if (source.readyState === EventSource.CLOSED) return;
      const data = JSON.parse(event.data);
      found.positions.push(data.position);
      found.ids.push(event.lastEventId);
      found.types.push(data.type);
      if (!found.names.includes(event.type)) found.names.push(event.type);
      if (data.position >= until) end();
    };
    source.onerror = (event) => {
      if (source.readyState === EventSource.CLOSED) {
        found.refused = event.code ?? event.message;
        end();
      } else {
        found.cut += 1;
      }
    };
  });
