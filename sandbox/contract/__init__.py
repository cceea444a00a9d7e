"""The local Discord held against Discord's own OpenAPI document."""
