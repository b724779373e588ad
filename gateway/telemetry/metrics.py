"""Metrics. Labels are names from the catalogue and status codes; never anything of a request."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("jutong_requests", "Requests answered.", ["endpoint", "status"])
SECONDS = Histogram("jutong_request_seconds", "Seconds from first byte to answer.", ["endpoint"])
SOURCE_FAILURES = Counter("jutong_source_failures", "Loads that failed.", ["source", "error"])
