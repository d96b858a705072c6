from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTicketWords(TransactionCase):
    """P2: labels that come with the documents of complaints are Chinese on tickets, too."""

    def test_inherited_choices_are_translated(self):
        names = ["channel", "priority", "satisfaction"]
        fields = self.env["kehu.service.ticket"].with_context(lang="zh_CN").fields_get(names, ["selection"])
        for name in names:
            for _value, label in fields[name]["selection"]:
                self.assertFalse(label.isascii(), label)
