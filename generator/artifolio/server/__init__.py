"""The site and its API over HTTP: the records are the only state."""
