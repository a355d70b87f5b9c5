"""Archives: dossiers in an age file that opens without this program."""
