"""One file a noun: what is asked, and what is answered."""
