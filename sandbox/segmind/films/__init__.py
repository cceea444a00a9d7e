"""The films that the local Segmind makes."""
