"""A server's record: kept, searched, exported, and told to its log channel."""
