"""The REST API, version 10: routes by subject, and the pipeline that each request goes through."""
