"""Releases uninstalling for a day, as a confidentiality officer does with the button; fed to Odoo's shell."""

officer = env.ref("kehu_confidential.group_tier_officer").all_user_ids.filtered("active")[:1]
env["kehu.uninstall.release"].with_user(officer).create(
    {"reason": "The installation is tested: nothing of the addons may stay."}
)
# An address that two users put on the blacklist, of whom one may not read the other's entry.
env.cr.execute(
    "INSERT INTO mail_blacklist (email, active, create_uid) VALUES ('twice@example.com', TRUE, 1), ('twice@example.com', TRUE, 2)"
)
env.cr.commit()
