"""The explorer: GraphiQL, served by the gateway itself."""
