"""One transaction each: read, decide, append, enqueue, commit, wake."""
