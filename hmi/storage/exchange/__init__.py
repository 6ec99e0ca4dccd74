"""Files that readings leave in and come in: pure readers and writers, which know no historian and never hold a file."""
