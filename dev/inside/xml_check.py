"""Checks XML files: well-formed, and data files after Odoo's own schema.

Arguments: the schema (import_xml.rng), then folders. Prints one line for each problem; exit code 1 if there are any.
"""

import sys
from pathlib import Path

from lxml import etree

schema = etree.RelaxNG(etree.parse(sys.argv[1]))
problems = []
for folder in map(Path, sys.argv[2:]):
    for path in sorted(folder.rglob("*.xml")):
        try:
            tree = etree.parse(path)
        except etree.XMLSyntaxError as error:
            problems.append(f"{path}:{error.lineno}: {error.msg}")
            continue
        if tree.getroot().tag == "odoo" and not schema.validate(tree):
            problems += [f"{path}:{entry.line}: {entry.message}" for entry in list(schema.error_log)[:5]]
print("\n".join(problems))
sys.exit(bool(problems))
