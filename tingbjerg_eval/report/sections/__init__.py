"""The parts of the study's reports: each takes the report and gives one block."""
