"""One file a verb of `/bcdc`, named after it."""
