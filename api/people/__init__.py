"""Who is there: signing in, sessions, tokens, and second factors."""
