"""What a video costs the database, the disk, and the processor, and what an idle bot does."""
