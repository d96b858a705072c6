"""Expressions of templates that show fields, and do nothing else; plain Python, no database (X3)."""

import ast
import re

from lxml import html

from odoo.models import BaseModel
from odoo.tools.rendering_tools import parse_inline_template

_NODES = (
    ast.Expression,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.keyword,
    ast.IfExp,
    ast.BoolOp,
    ast.boolop,
    ast.UnaryOp,
    ast.unaryop,
    ast.BinOp,
    ast.operator,
    ast.Compare,
    ast.cmpop,
    ast.Tuple,
    ast.List,
    ast.Dict,
)
_FUNCTIONS = {
    "abs",
    "bool",
    "float",
    "format_addr",
    "format_amount",
    "format_date",
    "format_datetime",
    "format_duration",
    "format_time",
    "int",
    "is_html_empty",
    "len",
    "max",
    "min",
    "quote",
    "relativedelta",
    "round",
    "slug",
    "str",
    "sum",
    "urlencode",
}
_METHODS_OF_TEXT = {"capitalize", "lower", "split", "strftime", "strip", "title", "upper"}
_FIELDS_OF_ALL = {"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"}

# Of QWeb: what is evaluated, what is a text with expressions in it, and what is neither.
_EVALUATED = re.compile(r"t-(out|esc|raw|field|if|elif|foreach|value|att|att-.+|options|options-.+)$")
_FORMATTED = re.compile(r"t-(valuef|attf-.+)$")
_PLAIN = re.compile(r"t-(set|as|else|tag|ignore|translation)$")
_ROWS = re.compile(r"object((?:\.\w+)+)$")
_IN_TEXT = re.compile(r"#\{(.+?)\}|\{\{(.+?)\}\}")


def expressions(template, engine):
    """Return the set of the expressions in a template; what is no expression, and may run other code, counts as one.

    :param engine: ``inline_template`` or ``qweb``
    """
    if engine == "inline_template":
        return {expression for _text, expression, _default in parse_inline_template(str(template)) if expression}
    found = set()
    for node in html.fragment_fromstring(template, create_parent="div").iter():
        for name, value in node.attrib.items():
            if _EVALUATED.match(name):
                found.add(value.strip())
            elif _FORMATTED.match(name):
                found.update((match[1] or match[2]).strip() for match in _IN_TEXT.finditer(value))
            elif name.startswith("t-") and (not _PLAIN.match(name) or name == "t-set" and not value.isidentifier()):
                found.add(f"{name}: {value}")
    return found


def variables(template, engine):
    """Return the names that a template gives to values."""
    return {*_named(template, engine)}


def _named(template, engine):
    if engine == "inline_template":
        return []
    nodes = html.fragment_fromstring(template, create_parent="div").iter()
    return [value.strip() for node in nodes for name, value in node.attrib.items() if name in ("t-set", "t-as")]


def rows(template, engine):
    """Return ``{variable: names}`` of the variables that are each of the rows in fields of ``object``, one after the
    other, and nothing else.
    """
    named = _named(template, engine)
    if not named or "object" in named:
        return {}
    found = {}
    for node in html.fragment_fromstring(template, create_parent="div").iter():
        variable, match = node.attrib.get("t-as", "").strip(), _ROWS.match(node.attrib.get("t-foreach", "").strip())
        # A loop of "row" gives a value to "row_value", too.
        if match and [name for name in named if f"{variable}_".startswith(f"{name}_")] == [variable]:
            found[variable] = match[1].split(".")[1:]
    return found


def _constant(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def shows_fields(expression, is_field):
    """Return whether an expression does nothing but show fields, in the rights of its reader.

    :param is_field: tells whether a name is that of a field that may be shown
    """
    try:
        nodes = list(ast.walk(ast.parse(expression, mode="eval")))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}

    def is_harmless(node):
        if isinstance(node, ast.Name):
            return node.id in _FUNCTIONS or id(node) not in called and node.id != "env"
        if isinstance(node, ast.Attribute):
            if id(node) in called:
                return node.attr in _METHODS_OF_TEXT
            return is_field(node.attr) and (node.attr in _FIELDS_OF_ALL or not hasattr(BaseModel, node.attr))
        if isinstance(node, ast.Subscript):  # of a record: by the name of a field
            return (
                isinstance(node.slice, ast.Slice)
                or isinstance(key := _constant(node.slice), int)
                or isinstance(key, str)
                and is_field(key)
            )
        if isinstance(node, ast.Call):
            return isinstance(node.func, (ast.Name, ast.Attribute))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):  # a text reads a record: "%(field)s" % object
            return isinstance(node.right, (ast.Constant, ast.Tuple, ast.Dict))
        return isinstance(node, _NODES)

    return all(map(is_harmless, nodes))


def chains(expression):
    """Yield what an expression that shows fields reads, as lists of names: that of a variable, or nothing where it is
    not a plain one, and those of the fields one after the other.
    """
    tree = ast.parse(expression, mode="eval")
    inner = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Attribute, ast.Subscript)) and (isinstance(node, ast.Attribute) or _field(node))
    }
    for node in ast.walk(tree):
        if id(node) in inner or not isinstance(node, (ast.Attribute, ast.Subscript, ast.Name)):
            continue
        names = []
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            if name := _field(node):
                names.insert(0, name)
            node = node.value
        if names or isinstance(node, ast.Name):
            yield [node.id if isinstance(node, ast.Name) else None, *names]


def _field(node):
    """Return the name of the field that is read, if one is."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return key if isinstance(key := _constant(node.slice), str) else None
