"""The indexes that make searching contacts by name fast. Plain text functions and SQL text, no database."""
import re

# What core's name search of contacts looks at. One column without an index undoes the others.
COLUMNS = ("complete_name", "email", "ref", "vat", "company_registry")
TABLE, PREFIX = "res_partner", "res_partner_kehu_search_"
HAN_INDEX = f"{PREFIX}han"

# Neither case nor accents change these characters, so what is found by pairs of them contains whatever ILIKE finds.
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_HAN_PAIR = re.compile(_HAN + "{2}")
_TRIGRAM = re.compile(r"[^\W_]{3}")

# Two characters have no trigram. If its body changes, so must its name: then the index is built again.
HAN_FUNCTION = "kehu_han_pairs"
CREATE_HAN_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION {HAN_FUNCTION}(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE WHEN $1 ~ '{_HAN}{{2}}' THEN ARRAY(
            SELECT substr(run[1], n, 2)
              FROM regexp_matches($1, '{_HAN}{{2,}}', 'g') AS run, generate_series(1, length(run[1]) - 1) AS n)
        ELSE '{{}}' END
    $$"""


def has_han_pair(text):
    """Tell whether two Chinese characters follow each other in ``text``.

    >>> has_han_pair("深圳"), has_han_pair("深%圳"), has_han_pair("A深")
    (True, False, False)
    """
    return bool(_HAN_PAIR.search(text))


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
