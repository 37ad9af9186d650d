"""What is kept: streams of events, rows and objects. Never imports service."""
