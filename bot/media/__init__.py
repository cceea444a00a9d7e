"""Files from elsewhere: fetched from allowed hosts only, and what they may be."""
