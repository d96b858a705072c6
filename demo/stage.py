"""What all scenes need: who is on it, by name, and what day it is."""

from datetime import datetime

from dateutil.relativedelta import relativedelta

MODULE = "ruida"  # of the external ids of what a scene names


class Stage:
    """Everything that scenes have named, as `stage["hongtu"]`; records come from the server and speak Chinese."""

    def __init__(self, env):
        self.env = env(
            context={
                "lang": "zh_CN",
                "tz": "Asia/Shanghai",
                "mail_notify_force_send": False,
                "mail_auto_subscribe_no_notify": True,
            }
        )
        self.company = self.env.ref("base.main_company")
        self.now = datetime.now().replace(microsecond=0)

    def __getitem__(self, name):
        return self.env.ref(name if "." in name else f"{MODULE}.{name}")

    def named(self, *names):
        """The records with these names, all of one model."""
        first, *others = (self[name] for name in names)
        return first.union(*others)

    def name(self, name, record):
        """Gives a record the name by which later scenes find it."""
        self.env["ir.model.data"]._update_xmlids([{"xml_id": f"{MODULE}.{name}", "record": record, "noupdate": True}])
        return record

    def create(self, key, model, /, **values):
        return self.name(key, self.env[model].create(values))

    def as_user(self, login):
        """The environment of one of the people, who has their rights alone."""
        user = self[f"user_{login}"]
        return self.env(user=user, su=False)

    def ago(self, **span):
        """The time so long ago (UTC)."""
        return self.now - relativedelta(**span)

    def day(self, **change):
        """A day: today, moved as `relativedelta` moves it."""
        return (self.now + relativedelta(**change)).date()
