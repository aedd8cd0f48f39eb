"""The way from a folder to a public site."""
