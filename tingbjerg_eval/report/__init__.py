"""Tables, figures, wording, disclosure control and rendering."""
