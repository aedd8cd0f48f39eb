"""All that knows MkDocs: the plugin, the build, and the server with live reload."""
