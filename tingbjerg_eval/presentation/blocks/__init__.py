"""What a section is made of: prose, tables, figures, verdicts."""
