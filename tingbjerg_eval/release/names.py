"""Names of persons: a common first name with a surname after it."""

from __future__ import annotations

import re

FIRST_NAMES = """
Abdi Abdullah Adam Ahmad Ahmed Aisha Aleksander Alexander Alfred Ali Allan Alma Amalie Amina Amir
Anders Andreas Ane Anja Anker Anna Anne Annette Annika Anton Arne Arthur Asger Astrid August Axel
Aya Ayse Bashir Benjamin Bent Bente Birgit Birgitte Birte Birthe Bjarne Bodil Brian Britta Camilla
Carl Caroline Carsten Casper Cecilie Charlotte Christian Christina Christine Christoffer Claus
Connie Daniel David Dennis Ditte Dorte Dorthe Ebbe Egon Einar Elias Elin Elisabeth Ella Ellen Else
Emil Emilie Emma Erik Erling Esben Eskild Esther Eva Fatima Fatma Filip Finn Flemming Frank Fred
Frederik Freja Frida Frode Gerda Gitte Grethe Gunnar Gustav Halima Hamza Hanne Hans Harald Harry
Hasan Hassan Hedvig Helena Helene Helge Helle Henning Henriette Henrik Holger Hussein Ibrahim Ida
Inge Ingeborg Inger Ingrid Irene Isabella Ismail Jacob Jakob Jan Jane Janne Jannik Jeanette Jens
Jeppe Jesper Jette Jimmy Joachim Johan Johanne Johannes John Johnny Jonas Jonathan Josefine Julie
Karen Karin Karina Karl Karsten Kasper Kathrine Katrine Keld Kenneth Kim Kirsten Kirstine Kjeld
Klara Klaus Knud Kristian Kristina Kristine Kurt Lars Lasse Laura Laurits Laust Lea Leif Lena Lene
Leo Lis Lisbeth Lise Lone Lotte Louise Lucas Ludvig Lukas Mads Magnus Mahmoud Maja Malene Malthe
Marcus Margit Margrethe Maria Mariam Marianne Marie Martin Martine Mathias Mathilde Mehmet Merete
Mette Mia Michael Michelle Mie Mikkel Minna Mogens Mohamad Mohamed Mohammad Mohammed Monica Morten
Muhammad Mustafa Nadia Nanna Nicolai Niels Nikolaj Nina Noah Ole Olga Olivia Omar Oscar Oskar
Osman Otto Palle Patrick Paul Pernille Peter Pia Poul Preben Rasmus Rebecca René Rikke Rita Robert
Ruth Said Samira Sanne Sara Sarah Sebastian Signe Simon Sofie Sonja Sophie Steen Stefan Sten Stine
Susanne Suzanne Svend Søren Tage Thea Thomas Thorkild Tina Tine Tobias Tom Tommy Torben Tove Trine
Troels Ulla Ulrik Ursula Valdemar Verner Vibeke Victor Victoria Viggo Viktor Vilhelm Vivi William
Yasmin Youssef Yusuf Zahra Zainab Åge Åse
"""
"""The most common first names in Denmark, without those that are words as well (Bo, Per, Mark)."""

_PLACES = (
    "Allé|Alle|Boulevard|Gade|Gård|Gården|Have|Haven|Hus|Huse|Huset|Kirke|Kvarter|Minde|Park|"
    "Parken|Passage|Plads|Plejehjem|Skole|Stiftelse|Stræde|Torv|Vænge|Vej"
)
_NAME = re.compile(
    rf"(?<![\w-])(?:{'|'.join(FIRST_NAMES.split())})"
    r"(?:[ -][A-ZÆØÅ](?:\.|[a-zæøåéüö]+)){0,2}?"
    rf" (?!(?:{_PLACES})\b)(?!(?:[A-ZÆØÅ][\w.]* )?[A-ZÆØÅ]\w*s (?:{_PLACES})\b)"
    r"[A-ZÆØÅ][a-zæøåéüö]+(?:-[A-ZÆØÅ][a-zæøåéüö]+)?(?![\w-])"
)


def persons(text: str) -> int:
    """A first name of the list and a surname with a capital letter, other names between them.

    A place named after a person ends otherwise (Peter Bangs Vej, Sankt Hans Torv) and is none.
    """
    return len(_NAME.findall(text))
