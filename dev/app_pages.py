"""The page of each addon in Odoo's list of apps, static/description/index.html, made from the addon's readme/ and the
pictures: `python3 -m dev.app_pages` renews them all.

The fragments have a small part of Markdown: headings, paragraphs, lists, **strong**, *emphasis*, `code`, [links](…). The
page has no style of its own: Odoo takes scripts and style sheets away, and has Bootstrap's classes.
"""

import html
import re

from . import addons, pictures

CHINESE = "zh_CN.md"
# The heading of each fragment in English, and its file.
_ENGLISH = ((None, "DESCRIPTION.md"), ("Usage", "USAGE.md"), ("Configuration", "CONFIGURE.md"))
_SPANS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*([^*]+)\*"), r"<em>\1</em>"),
    (re.compile(r"\[([^]]+)\]\((https?://[^)]+)\)"), r'<a href="\2">\1</a>'),
)


def pages():
    """The pages as they should be: {path: text}."""
    return {addon.path / "static" / "description" / "index.html": _page(addon) for addon in addons.ours().values()}


def _page(addon):
    shown = pictures.of_addon(addon.name)
    first, *rest = re.split(r"(?m)^(?=## )", (addon.path / "readme" / CHINESE).read_text(encoding="utf-8"))
    lines = ['<section class="container" lang="zh-CN">', *_blocks(first)]
    lines += [line for picture in shown for line in _figure(picture)]
    lines += [line for part in rest for line in _blocks(part)]
    lines += ["</section>", '<section class="container" lang="en">', f"<h1>{_text(addon.manifest['name'])}</h1>"]
    for heading, name in _ENGLISH:
        if (path := addon.path / "readme" / name).exists():
            lines += [*([f"<h2>{heading}</h2>"] if heading else []), *_blocks(path.read_text(encoding="utf-8"))]
    if shown:
        lines += ["<h2>Pictures</h2>", "<ul>", *(f"<li>{_text(picture.english)}</li>" for picture in shown), "</ul>"]
    return "\n".join([*lines, "</section>", ""])


def _figure(picture):
    caption = _text(picture.chinese)
    return (
        f'<p class="text-muted">{caption}</p>',
        f'<p><img class="img img-fluid border shadow-sm" src="{picture.name}.png" alt="{caption}"/></p>',
    )


def _blocks(text):
    """The lines of HTML of a fragment."""
    for block in re.split(r"\n\s*\n", text.strip()):
        if heading := re.match(r"(#+) (.+)", block):
            yield f"<h{len(heading[1])}>{_text(heading[2])}</h{len(heading[1])}>"
            continue
        for kind, lines in _runs(block):
            yield f"<p>{_text(lines[0])}</p>" if kind == "p" else "<ul>"
            if kind == "ul":
                yield from (f"<li>{_text(line)}</li>" for line in lines)
                yield "</ul>"


def _runs(block):
    """A block as paragraphs and lists, each line whole: [("p" or "ul", lines)]."""
    runs = []
    for line in block.splitlines():
        if line.startswith("- "):
            if not (runs and runs[-1][0] == "ul"):
                runs.append(("ul", []))
            runs[-1][1].append(line[2:])
        elif runs:
            kept = runs[-1][1]
            kept[-1] = _joined(kept[-1], line.strip())
        else:
            runs.append(("p", [line.strip()]))
    return runs


def _joined(first, second):
    """Two lines as one: Chinese has no spaces."""
    return f"{first}{second}" if ord(first[-1]) > 0x2E80 or ord(second[0]) > 0x2E80 else f"{first} {second}"


def _text(line):
    line = html.escape(line, quote=False)
    for pattern, replacement in _SPANS:
        line = pattern.sub(replacement, line)
    return line


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
