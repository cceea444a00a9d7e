"""Who drives a job: one process or many, and what is owed when one dies."""
