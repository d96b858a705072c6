"""What `./kehu test` and `./kehu lint` look at. Every check returns a `Tally`."""
