"""A local Discord: REST, gateway, CDN, and a control side, over one world."""
