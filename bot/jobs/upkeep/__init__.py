"""What is looked after beside the driving: the reconciler, finished jobs, and files left behind."""
