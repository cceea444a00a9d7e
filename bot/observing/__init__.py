"""The process seen from outside: metrics, health, and logs."""
