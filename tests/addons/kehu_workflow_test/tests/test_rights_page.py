from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestRightsPage(TransactionCase):
    """A6: an administrator finds our rights under one heading of the user's form, each with a word what it is for."""

    def test_rights_stand_under_one_heading_with_a_description(self):
        privileges = self.env["res.groups.privilege"].search([])
        ours = privileges.filtered(lambda privilege: privilege.get_external_id()[privilege.id].startswith("kehu_"))
        self.assertTrue(ours)
        self.assertEqual(ours.category_id, self.env.ref("kehu_workflow.module_category_customers"))
        self.assertFalse(ours.group_ids.filtered(lambda group: not group.comment))

    def test_rights_not_given_are_said_in_words_of_the_user(self):
        hierarchy = self.env["res.groups"]._get_view_group_hierarchy()
        placeholders = {privilege["placeholder"] for privilege in hierarchy["privileges"].values()}
        self.assertLessEqual(placeholders, {self.env._("No"), self.env._("View"), False})
