"""Long work as resources: asked for over HTTP, done by a worker, looked at while it goes on."""
