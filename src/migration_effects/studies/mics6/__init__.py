"""MICS6 of any country: children whose parents live abroad, from the files a registered user has downloaded."""
