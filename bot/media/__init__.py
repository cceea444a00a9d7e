"""Files from elsewhere: fetched from allowed hosts only, and checked by their bytes."""
