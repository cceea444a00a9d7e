"""When a request may be sent to Segmind: planner, queue, and budget."""
