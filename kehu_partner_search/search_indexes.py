"""The indexes that make searching contacts by name fast. Plain text functions and SQL text, no database."""

import re

# What core's name search of contacts looks at. One column without an index undoes the others.
COLUMNS = ("complete_name", "email", "ref", "vat", "company_registry")
TABLE, PREFIX = "res_partner", "res_partner_kehu_search_"
HAN_INDEX = f"{PREFIX}han"

# Neither case nor accents change these characters, so what is found by pairs of them contains whatever ILIKE finds.
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_IS_HAN, _HAN_PAIR = re.compile(_HAN), re.compile(_HAN + "{2}")
_HAN_BEGINNING = re.compile(_HAN + "{2,}")
_TRIGRAM = re.compile(r"[^\W_]{3}")

BEGINS = "^"  # stands before the pair with which a text begins

# Two characters have no trigram. If its body changes, so must its name: then the index is built again.
HAN_FUNCTION = "kehu_marked_han_pairs"
CREATE_HAN_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION {HAN_FUNCTION}(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE WHEN $1 ~ '{_HAN}{{2}}' THEN ARRAY(
            SELECT CASE WHEN run_number = 1 AND n = 1 AND starts_with($1, run[1]) THEN '{BEGINS}' ELSE '' END || substr(run[1], n, 2)
              FROM regexp_matches($1, '{_HAN}{{2,}}', 'g') WITH ORDINALITY AS runs(run, run_number),
                   generate_series(1, length(run[1]) - 1) AS n)
        ELSE '{{}}' END
    $$"""


def han_pairs(text):
    """Return the pairs of Chinese characters that follow each other in ``text``, each with whether what it finds may
    begin with it.

    >>> han_pairs("深圳市"), han_pairs("深%圳"), han_pairs("A深圳")
    ([('深圳', True), ('圳市', False)], [], [('深圳', True)])
    """
    return [
        (text[at : at + 2], not (at and _IS_HAN.match(text[at - 1])))
        for at in range(len(text) - 1)
        if _HAN_PAIR.match(text, at)
    ]


def han_beginning(text):
    """Return the Chinese characters, two or more, with which ``text`` begins, or an empty string.

    >>> han_beginning("深圳ABC"), han_beginning("A深圳"), han_beginning("深")
    ('深圳', '', '')
    """
    found = _HAN_BEGINNING.match(text)
    return found[0] if found else ""


def has_trigram(text):
    """Tell whether three letters or digits follow each other in ``text``, so that it can be looked up.

    >>> has_trigram("sales"), has_trigram("a%b"), has_trigram("_91_")
    (True, False, False)
    """
    return bool(_TRIGRAM.search(text))


def definitions(unaccent):
    """Return what indexes there are.

    :param unaccent: function that wraps SQL text the way that ILIKE does in this database
    :return: dict index name -> what follows ``CREATE INDEX name ON res_partner``
    """
    by_trigram = {f"{PREFIX}{column}": f"USING gin ({unaccent(column)} gin_trgm_ops)" for column in COLUMNS}
    texts = " || chr(10) || ".join(f"coalesce({unaccent(column)}, '')" for column in COLUMNS)
    return {**by_trigram, HAN_INDEX: f"USING gin ({HAN_FUNCTION}({texts}))"}
