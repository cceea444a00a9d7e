"""Scripts that measure the real bot on the sandbox and print figures side by side; see docs/benchmarks.md."""
