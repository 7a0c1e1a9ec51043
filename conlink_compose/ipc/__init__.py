"""How the processes of a project talk: an event loop, and one JSON object a line over a socket."""
