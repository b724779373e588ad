// graphql-sse: `node events.mjs URL KEY PERSON MALFORMED` prints what it made of our answers.
import { createClient } from 'graphql-sse';

const [url, key, person, malformed] = process.argv.slice(2);
const open = (headers) => createClient({ url, headers, retryAttempts: 0 });
const NAME = 'query Name($i: CitizenId!) { person(id: $i) { id name } }';
const PARTLY = 'query Partly($i: CitizenId!) { person(id: $i) { name wages { month } } }';
const ask = (client, query, variables) =>
  new Promise((resolve) => {
    const events = [];
    client.subscribe({ query, variables }, {
      next: (result) => events.push(result),
      error: (error) => resolve({ status: error.response?.status ?? null, message: error.message }),
      complete: () => resolve({ events }),
    });
  });

const client = open({ authorization: `Bearer ${key}` });
const name = await ask(client, NAME, { i: person });
const partly = await ask(client, PARTLY, { i: person });
const wrong = await ask(client, NAME, { i: malformed });
const iterated = [];
for await (const result of client.iterate({ query: NAME, variables: { i: person } })) iterated.push(result);
client.dispose();
const refused = await ask(open({}), NAME, { i: person });

console.log(JSON.stringify({ name, partly, wrong, iterated, refused }));
process.exit(0);
