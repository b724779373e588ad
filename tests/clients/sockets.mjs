// graphql-ws: `node sockets.mjs URL KEY PERSON MALFORMED` prints what it made of our answers.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, key, person, malformed] = process.argv.slice(2);
const open = (more = {}) =>
  createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${key}` },
    retryAttempts: 0,
    ...more,
  });
const NAME = 'query Name($i: CitizenId!) { person(id: $i) { id name } }';
const PARTLY = 'query Partly($i: CitizenId!) { person(id: $i) { name wages { month } } }';
const ask = (client, query, variables) =>
  new Promise((resolve) => {
    const events = [];
    client.subscribe({ query, variables }, {
      next: (result) => events.push(result),
      error: (error) => resolve(Array.isArray(error) ? { errors: error } : { code: error.code, reason: error.reason }),
      complete: () => resolve({ events }),
    });
  });

const client = open({ lazy: false, keepAlive: 50 });
let pongs = 0;
client.on('pong', () => (pongs += 1));
const name = await ask(client, NAME, { i: person });
const partly = await ask(client, PARTLY, { i: person });
const wrong = await ask(client, NAME, { i: malformed });
const many = await Promise.all(Array.from({ length: 40 }, () => ask(client, NAME, { i: person })));
await new Promise((resolve) => client.on('pong', resolve));
const iterated = [];
for await (const result of client.iterate({ query: NAME, variables: { i: person } })) iterated.push(result);
await client.dispose();

const inHeaders = open({
  connectionParams: undefined,
  webSocketImpl: class extends WebSocket {
    constructor(address, protocols) {
      super(address, protocols, { headers: { authorization: `Bearer ${key}` } });
    }
  },
});
const fromHandshake = await ask(inHeaders, NAME, { i: person });
await inHeaders.dispose();
const keyless = open({ connectionParams: undefined });
const refused = await ask(keyless, NAME, { i: person });
await keyless.dispose();

console.log(
  JSON.stringify({
    name,
    partly,
    wrong,
    many: many.filter((one) => one.events?.[0].data.person.name).length,
    pongs,
    iterated,
    fromHandshake,
    refused,
  }),
);
process.exit(0);
