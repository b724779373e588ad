"""HTTP: routes, media types, limits, request ids. Pure ASGI."""
