// Somebody else's service: an Apollo Server that is a federation subgraph. Prints nothing; runs until it is stopped.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { GraphQLError, parse } from "graphql";
import { readFileSync } from "node:fs";

const [port, file] = process.argv.slice(2);
const permits = JSON.parse(readFileSync(file, "utf-8"));
const of = (uscc) => permits.filter((one) => one.uscc === uscc);
const refuse = (code) => {
  throw new GraphQLError("that company, by code, is not for you", { extensions: { code } });
};
const company = (uscc) => {
  if (uscc.endsWith("R")) refuse("FORBIDDEN");
  return of(uscc).length ? { uscc } : refuse("COMPANY_UNKNOWN");
};

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query {
    permits(keys: [String!]!): [Permit]
    company(uscc: ID!): Company
    allPermits(first: Int!, after: String): PermitConnection!
  }
  type Company @key(fields: "uscc") { uscc: ID! permits: [Permit!]! }
  type Permit { no: ID! uscc: ID! trade: String hall: Hall }
  type Hall { name: String! }
  type PermitConnection { edges: [PermitEdge!]! pageInfo: PageInfo! }
  type PermitEdge { cursor: String! node: Permit! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
`);
const resolvers = {
  Query: {
    permits: (_, { keys }) => permits.filter((one) => keys.includes(one.uscc)),
    company: (_, { uscc }) => company(uscc),
    allPermits: (_, { first, after }) => {
      const start = Number(after ?? 0);
      const edges = permits.slice(start, start + first).map((node, at) => ({ cursor: `${start + at + 1}`, node }));
      return { edges, pageInfo: { hasNextPage: start + first < permits.length, endCursor: edges.at(-1)?.cursor } };
    },
  },
  Company: { __resolveReference: async ({ uscc }) => company(uscc), permits: ({ uscc }) => of(uscc) },
  Permit: {
    trade: ({ trade }) => (trade === "sealed" ? refuse("FORBIDDEN") : trade),
    hall: ({ hall }) => hall && { name: hall },
  },
};
const server = new ApolloServer({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]) });
await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: Number(port) } });
