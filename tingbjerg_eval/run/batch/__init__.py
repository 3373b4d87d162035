"""Many reports in one run: what is due, what is done, what is put in place."""
