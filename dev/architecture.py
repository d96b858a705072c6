"""The picture of the addons in docs/architecture.md, made from the manifests: `python3 -m dev.architecture` renews it."""

from . import addons, places
from .pages import Part

PART = Part(places.CHECKOUT / "docs" / "architecture.md", "```mermaid\n", "```\n")


def picture():
    """The graph in Mermaid's words: an arrow from each addon to what it depends on, dotted if it installs itself."""
    ours = addons.ours()
    apps = sorted(set().union(*(addon.depends for addon in ours.values())) - set(ours))
    lines = ["graph BT"]
    lines += [f'    {name}["<b>{name}</b><br/>{addon.manifest["name"]}"]' for name, addon in ours.items()]
    lines += [f"    {name}({name}):::odoo" for name in apps]
    for name, addon in ours.items():
        arrow = "-.->" if addon.manifest.get("auto_install") else "-->"
        lines += [f"    {name} {arrow} {below}" for below in sorted(addon.depends)]
    lines.append("    classDef odoo fill:#eee,stroke:#999")
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    PART.write(picture())
