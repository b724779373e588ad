// GraphQL Yoga over @graphql-tools/stitch: one subschema per department, types merged by key in
// batches, as its handbook teaches. Subschemas run in the process, so no GraphQL goes over a wire.
//
//   PORT=… SOURCE=<URL of the REST service> node server.mjs
import { createServer } from 'node:http'
import { createYoga } from 'graphql-yoga'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { stitchSchemas } from '@graphql-tools/stitch'
import { Pool } from 'undici'

const { PORT, SOURCE } = process.env
const pool = new Pool(SOURCE, { connections: 20 })

async function read(table, column, keys) {
  const { body } = await pool.request({ path: `/${table}`, method: 'POST', body: JSON.stringify({ keys }) })
  const found = new Map(keys.map((key) => [key, []]))
  for (const row of (await body.json()).data) found.get(row[column]).push(row)
  return keys.map((key) => found.get(key))
}

const day = (text) => `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`

const person = ([row]) => ({
  id: row.ID_NO, name: row.NAME, sex: row.SEX, birthDate: day(row.BIRTH), nation: row.NATION,
  address: row.ADDRESS, householdNo: row.HOUSEHOLD_NO, district: row.DISTRICT, status: row.STATUS,
})
const insurance = (row) => ({ kind: row.KIND, status: row.STATUS, paidThrough: row.PAID_THROUGH, base: row.BASE })
const property = (row) => ({ certificateNo: row.CERT_NO, area: row.AREA, usage: row.USAGE, registeredOn: day(row.REGISTERED) })
const qualification = (row) => ({ certificateNo: row.CERT_NO, category: row.CATEGORY, validTo: day(row.VALID_TO), employer: { uscc: row.ORG } })

const people = { selectionSet: '{ id }', fieldName: 'peopleById', key: ({ id }) => id, argsFromKeys: (ids) => ({ ids }) }
const firms = { selectionSet: '{ uscc }', fieldName: 'firmsByCode', key: ({ uscc }) => uscc, argsFromKeys: (codes) => ({ codes }) }

// A department: type definitions, and how the objects it merges are read in one call.
function department(typeDefs, query, merge) {
  return { schema: makeExecutableSchema({ typeDefs, resolvers: { Query: query } }), merge, batch: true }
}

const subschemas = [
  department(
    `scalar CitizenId
     type Person { id: String! name: String! sex: String! birthDate: String! nation: String! address: String!
       householdNo: String! district: String! status: String! }
     type PersonAnswer { person: Person }
     type Query { person(id: CitizenId!): Person persons(ids: [String!]!): [PersonAnswer!]! peopleById(ids: [String!]!): [Person]! }`,
    {
      person: async (_, { id }) => person((await read('household', 'ID_NO', [id]))[0]),
      persons: async (_, { ids }) => (await read('household', 'ID_NO', ids)).map((rows) => ({ person: person(rows) })),
      peopleById: async (_, { ids }) => (await read('household', 'ID_NO', ids)).map(person),
    },
    { Person: people },
  ),
  department(
    `type Insurance { kind: String! status: String! paidThrough: String! base: Int! }
     type SocialInsurance { insuredCount: Int! paidThrough: String! }
     type Person { id: String! insurances: [Insurance!]! }
     type Enterprise { uscc: String! socialInsurance: SocialInsurance }
     type Query { peopleById(ids: [String!]!): [Person]! firmsByCode(codes: [String!]!): [Enterprise]! }`,
    {
      peopleById: async (_, { ids }) =>
        (await read('insurance', 'ID_NO', ids)).map((rows, i) => ({ id: ids[i], insurances: rows.map(insurance) })),
      firmsByCode: async (_, { codes }) =>
        (await read('employer', 'USCC', codes)).map(([row]) => ({
          uscc: row.USCC, socialInsurance: { insuredCount: row.INSURED, paidThrough: row.PAID_THROUGH },
        })),
    },
    { Person: people, Enterprise: firms },
  ),
  department(
    `type Property { certificateNo: String! area: Int! usage: String! registeredOn: String! }
     type Person { id: String! properties: [Property!]! }
     type Query { peopleById(ids: [String!]!): [Person]! }`,
    {
      peopleById: async (_, { ids }) =>
        (await read('property', 'ID_NO', ids)).map((rows, i) => ({ id: ids[i], properties: rows.map(property) })),
    },
    { Person: people },
  ),
  department(
    `type Qualification { certificateNo: String! category: String! validTo: String! employer: Enterprise }
     type Enterprise { uscc: String! }
     type Person { id: String! qualifications: [Qualification!]! }
     type Query { peopleById(ids: [String!]!): [Person]! }`,
    {
      peopleById: async (_, { ids }) =>
        (await read('qualification', 'ID_NO', ids)).map((rows, i) => ({ id: ids[i], qualifications: rows.map(qualification) })),
    },
    { Person: people },
  ),
  department(
    `type Enterprise { uscc: String! name: String! status: String! capital: Int! }
     type Query { firmsByCode(codes: [String!]!): [Enterprise]! }`,
    {
      firmsByCode: async (_, { codes }) =>
        (await read('company', 'USCC', codes)).map(([row]) => ({ uscc: row.USCC, name: row.NAME, status: row.STATUS, capital: row.CAPITAL })),
    },
    { Enterprise: firms },
  ),
  department(
    `type Taxpayer { status: String! grade: String! }
     type Enterprise { uscc: String! taxpayer: Taxpayer }
     type Query { firmsByCode(codes: [String!]!): [Enterprise]! }`,
    {
      firmsByCode: async (_, { codes }) =>
        (await read('taxpayer', 'USCC', codes)).map(([row]) => ({ uscc: row.USCC, taxpayer: { status: row.STATUS, grade: row.GRADE } })),
    },
    { Enterprise: firms },
  ),
]

const yoga = createYoga({ schema: stitchSchemas({ subschemas }), logging: false, graphiql: false, landingPage: false })
createServer(yoga).listen(Number(PORT), '127.0.0.1')
