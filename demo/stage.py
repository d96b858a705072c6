"""What all scenes need: who is on it, by name, and what day it is."""

from contextlib import contextmanager
from datetime import datetime

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

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

    def acting(self, login):
        """The environment of the server acting in the name of one of the people, whose rights it does not ask for."""
        return self.env(user=self[f"user_{login}"], su=True)

    @contextmanager
    def at(self, moment):
        """What is done within happens at `moment` (UTC): Python's clock stands there, and the time of the transaction,
        from which PostgreSQL stamps creation dates, is set to it by hand.
        """
        self.env.flush_all()
        cursor = self.env.cr
        before = cursor._now
        with freeze_time(moment):
            cursor._now = moment
            try:
                yield
                self.env.flush_all()
            finally:
                cursor._now = before

    def approve(self, documents, *logins):
        """The people approve what waits for them, one after another, all of it at once."""
        for login in logins:
            self.env["kehu.approval"].search(
                [
                    ("res_model", "=", documents._name),
                    ("res_id", "in", documents.ids),
                    ("state", "=", "pending"),
                ]
            ).with_env(self.as_user(login)).filtered("is_mine").approve()

    def ago(self, **span):
        """The time so long ago (UTC)."""
        return self.now - relativedelta(**span)

    def day(self, **change):
        """A day: today, moved as `relativedelta` moves it."""
        return (self.now + relativedelta(**change)).date()

    def morning(self, day):
        """Nine o'clock of a day in China (UTC)."""
        return datetime(day.year, day.month, day.day, 1)
