// Apollo Client with its own defaults: `node apollo.mjs URL KEY PERSON MALFORMED` prints what it made of our answers.
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';

const [uri, key, person, malformed] = process.argv.slice(2);
let requests = 0;
const open = (headers = {}) =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({
      uri,
      headers: { authorization: `Bearer ${key}`, ...headers },
      fetch: (...given) => ((requests += 1), fetch(...given)),
    }),
  });
const NAME = gql`query Name($i: CitizenId!) { person(id: $i) { id name } }`;
const MORE = gql`query More($i: CitizenId!) { person(id: $i) { id address licences { number operator { id name } } } }`;
const PARTLY = gql`query Partly($i: CitizenId!) { person(id: $i) { id name wages { month } } }`;
const BOTH = gql`query Both($i: CitizenId!) { person(id: $i) { id name address } }`;
const variables = { i: person };
const codes = (error) => error && CombinedGraphQLErrors.is(error) && error.errors.map((one) => one.extensions.code);

const client = open();
const name = await client.query({ query: NAME, variables });
await client.query({ query: MORE, variables });
const asked = requests;
const both = await client.query({ query: BOTH, variables });
const requestsForBoth = requests - asked;
const entities = client.cache.extract();

const all = await client.query({ query: PARTLY, variables, errorPolicy: 'all' });
const ignored = await open().query({ query: PARTLY, variables, errorPolicy: 'ignore' });
const refused = await open().query({ query: PARTLY, variables }).then(
  (answer) => ({ data: answer.data }),
  (error) => ({ codes: codes(error), data: error.data }),
);
const quiet = await open({ 'jutong-errors': 'states' }).query({ query: PARTLY, variables });
const wrong = await open().query({ query: NAME, variables: { i: malformed } }).then(
  () => null,
  (error) => ({ name: error.name, codes: codes(error), message: error.message }),
);
client.stop();

console.log(
  JSON.stringify({
    name: name.data,
    both: both.data,
    requestsForBoth,
    entities,
    all: { data: all.data, codes: codes(all.error) },
    ignored: { data: ignored.data, error: ignored.error ?? null },
    refused,
    quiet: { data: quiet.data, error: quiet.error ?? null },
    wrong,
  }),
);
process.exit(0);
