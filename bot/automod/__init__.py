"""A server's rules for texts: Discord's AutoMod and keywords. It imports nothing of ours."""
