"""Messages of the local Discord: rules, components, payloads, and who is told."""
