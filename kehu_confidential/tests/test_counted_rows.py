from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.kehu_confidential.models.channels import counted_rows
from odoo.addons.kehu_confidential.apps.whose_rights import asked_as_author

from .common import TierCase


@tagged("post_install", "-at_install")
class TestCountedRows(TierCase):
    """X3: a job of an optional app counts by people's domains what these people may read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden = cls.env["res.partner"].create({"name": "Hidden", "is_company": True, "kehu_tier": "3"})

    def counted(self, record):
        """Return how many hidden customers a job finds by the domain that a record holds."""
        found = []
        hidden = [("id", "=", self.hidden.id)]
        count = asked_as_author(lambda rows: found.append(rows.env["res.partner"].search_count(hidden)), None)
        count(record.with_env(self.env))
        return found

    def test_job_counts_what_the_author_may_read(self):
        domain = self.env["res.partner.category"].with_user(self.clerk).create({"name": "Goal"})
        self.assertEqual(self.counted(domain), [0])
        domain.with_user(self.officer).name = "Another"
        self.assertEqual(self.counted(domain), [0])

    def test_author_with_clearance_and_apps_count_all(self):
        domain = self.env["res.partner.category"].with_user(self.officer).create({"name": "Goal"})
        self.assertEqual(self.counted(domain), [1])
        self.assertEqual(self.counted(self.env["res.partner.category"].create({"name": "Of an app"})), [1])

    def test_author_stays_when_a_colleague_saves_the_rest(self):
        domain = self.env["res.partner.category"].with_user(self.officer).create({"name": "Goal"})
        with patch.dict(counted_rows._ASKED_BY, {"res.partner.category": {"color"}}):
            domain.with_user(self.clerk).name = "Another"
            domain.with_user(self.officer).name = "Goal"
            self.assertEqual(self.counted(domain), [1], "a name is not what is asked")
            domain.with_user(self.clerk).color = 2
            domain.with_user(self.officer).write({"name": "Another", "color": 3})
        self.assertEqual(self.counted(domain), [0])

    def test_what_the_author_may_not_do_is_left_out(self):
        def refuse(rows):
            raise AccessError(rows._name)

        domain = self.env["res.partner.category"].with_user(self.clerk).create({"name": "Goal"})
        self.assertTrue(asked_as_author(refuse, None)(domain))
