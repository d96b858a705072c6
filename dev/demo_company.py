"""The demo company: the main company of a database without Odoo's demo data, and the scenes of its life (demo/)."""

import hashlib

from . import addons, places

FOLDER = places.CHECKOUT / "demo"
_MAIN_COMPANY = FOLDER / "main_company.py"


def preparation():
    """What a database with the main company differs by, until scenes are played."""
    return _checksum([_MAIN_COMPANY])


def checksums(chosen):
    """The facts about a database in which the scenes were played with these addons."""
    return {
        **addons.checksums(chosen),
        "demo": _checksum(path for path in sorted(FOLDER.rglob("*")) if path.suffix != ".pyc"),
    }


def prepare(workbench, database):
    """Makes the main company, while there is nothing but `base`."""
    workbench.run_script(database, "main_company.py", why="The main company could not be made.")


def play(workbench, database, log=None):
    """Plays the scenes; all addons are installed."""
    workbench.run_script(database, "play_scenes.py", why="The demo company could not be made.", log=log)


def logins(workbench, database):
    """(login, name, job) of the people whom the scenes made, the administrator first."""
    return workbench.postgres.sql(
        """SELECT u.login, p.name, COALESCE(p.function, '')
             FROM res_users u
             JOIN res_partner p ON p.id = u.partner_id
             JOIN ir_model_data d ON d.model = 'res.users' AND d.res_id = u.id
            WHERE d.module = 'ruida' AND u.active
         ORDER BY u.id""",
        database=database,
    )


def ids(workbench, database, names):
    """The ids of records by their external ids."""
    rows = workbench.postgres.sql(
        "SELECT module || '.' || name, res_id FROM ir_model_data WHERE module || '.' || name = ANY(%s)",
        list(names),
        database=database,
    )
    return dict(rows)


def _checksum(paths):
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(str(path.relative_to(FOLDER)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
