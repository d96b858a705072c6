"""By hand, on a database with the apps of the matrix: what turns red without each closure (the table: docs/leaks.md).

Not collected with the tests: each closure is switched off in turn, which takes more than an hour.
"""

import importlib
import inspect
import json
import os
import time
import unittest
from contextlib import contextmanager

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite
from odoo.tools import mute_logger

from odoo.addons.kehu_workflow.closures import is_ours

from .kinds_case import KindsCase

LISTS = {
    "kehu_archive": "odoo.addons.kehu_archive.closures",
    "kehu_complaint": "odoo.addons.kehu_complaint.closures",
    "kehu_grading": "odoo.addons.kehu_grading.closures",
    "kehu_workflow": "odoo.addons.kehu_workflow.models.closure_check",
}
# Which finders look for a kind, the quick ones first; the first that finds something ends the search.
FINDERS = {
    "rule": ("rows_below", "labels", "messages", "particulars", "oracles"),
    "particulars": ("labels", "messages", "particulars"),
    "oracle": ("messages", "oracles"),
    "files": ("delegated_files",),
    "token": ("tokens",),
}
# Tests, or classes of tests: for what no finder can look for, since no word of a customer comes out (an entry in a log,
# a permission, a right), and those that were written for a closure.
TESTS = {
    "CSVExport.from_data": ("test_csv_and_vcard_carry_the_mark",),
    "ExportXlsxWriter.close": ("test_the_exported_workbook",),
    "ThreadController.mail_thread_partner_from_email": ("test_address_of_hidden_contact_finds_nobody",),
    "base._read_format": ("test_each_way_leaves_one_entry", "test_copied_particulars_are_empty"),
    "base._export_rows": (
        "test_addresses_without_permission_give_no_file",
        "test_exports_need_a_permission_and_are_noted",
    ),
    "base.copy_data": ("test_each_way_leaves_one_entry", "test_every_way_of_reading_is_noted_once_a_minute"),
    "base.export_data": (
        "test_exports_need_a_permission_and_are_noted",
        "test_taking_away_without_permission_is_refused",
    ),
    "base.name_search": ("test_each_way_leaves_one_entry",),
    "base.formatted_read_group": (
        "test_each_way_leaves_one_entry",
        "test_groups_note_what_was_asked_and_counts_nothing",
    ),
    "base.formatted_read_grouping_sets": ("test_each_way_leaves_one_entry",),
    "base.read_group": ("test_each_way_leaves_one_entry",),
    "base.read_progress_bar": ("test_each_way_leaves_one_entry",),
    "base._validate_fields": (
        "test_neither_colleague_nor_own_company_becomes_classified_by_the_back_door",
        "test_no_classified_contact_is_an_employees",
        "test_a_snapshot_of_a_dashboard_is_its_authors",
    ),
    "base._compute_display_name": ("test_one_users_label_is_not_anothers",),
    "base._compute_field_value": (
        "test_a_confidential_customer_is_named_and_a_top_secret_one_is_not",
        "TestRowsBelow",
        "TestLookups",
    ),
    "base.create": ("test_nobody_refers_to_what_is_hidden_from_him",),
    "base.write": ("test_nobody_refers_to_what_is_hidden_from_him",),
    "base.default_get": ("test_a_hidden_default_is_none",),
    "base.fetch": ("test_an_export_of_labels_does_not_fail",),
    "base.onchange": ("test_nobody_refers_to_what_is_hidden_from_him", "TestWaysOfReading",),
    "base._fetch_query": ("test_copied_particulars_are_empty",),
    "ir.qweb.field.record_to_html": ("test_order_of_a_confidential_customer_is_printed",),
    "ir.qweb.field.contact.value_to_html": (
        "test_order_of_a_confidential_customer_is_printed",
        "TestRowsBelow",
        "TestFlowsOfApps",
    ),
    "ir.actions.report._get_rendering_context": (
        "test_the_printed_customer_card",
        "test_every_way_of_reading_is_noted_once_a_minute",
    ),
    "ir.actions.report._render_qweb_pdf_prepare_streams": ("test_the_printed_customer_card",),
    "ir.binary._find_record": ("test_product_document_is_no_way_to_a_file", "test_each_address_leaves_one_entry"),
    "mail.compose.message._evaluate_res_ids": ("test_the_composer_with_hidden_ids",),
    "mail.compose.message._action_send_mail_mass_mail": (
        "test_the_composer_with_hidden_ids",
        "test_a_mailing_reaches_whom_its_author_may_read",
    ),
    "mail.thread._notify_get_recipients": (
        "test_who_may_not_read_gets_no_mail",
        "test_a_message_about_a_sheet_reaches_no_customer",
    ),
    "mail.activity._compute_res_name": (
        "test_an_activity_tells_nothing_of_another_record",
        "TestMailLeaks",
        "TestWaysOfReading",
    ),
    "mail.activity.write": ("test_an_activity_tells_nothing_of_another_record",),
    "mail.message._to_store": ("test_the_chat_client_gets_a_mask", "TestWaysOfReading", "TestMailLeaks",),
    "mail.followers._insert_followers": ("test_customer_of_a_document_is_not_subscribed",),
    "mail.thread.message_subscribe": (
        "test_hidden_contact_cannot_be_named",
        "test_a_message_about_a_sheet_reaches_no_customer",
    ),
    "mail.thread._message_subscribe": ("test_followers_and_activities_end_with_the_right_to_read",),
    "mail.thread._search_message_partner_ids": ("test_followers_are_no_oracle",),
    "mail.thread.message_get_followers": ("test_particulars_go_with_the_customer", "TestFollowers", "TestMailLeaks",),
    "mail.thread._message_get_suggested_recipients": (
        "test_each_way_leaves_one_entry",
        "TestMailLeaks",
        "TestRecipientsByAddress",
        "TestWaysOfReading",
    ),
    "res.partner._build_vcard": ("test_csv_and_vcard_carry_the_mark",),
    "res.partner._commercial_fields": ("test_contacts_follow_their_company",),
    "res.partner._compute_display_name": ("test_a_confidential_customer_is_named_and_a_top_secret_one_is_not",),
    "res.partner._compute_same_vat_partner_id": ("test_same_code_elsewhere_is_not_told",),
    "res.partner.find_or_create": ("test_a_mail_to_a_hidden_address_makes_no_second_contact",),
    "res.partner._find_or_create_from_emails": ("test_a_mail_to_a_hidden_address_makes_no_second_contact",),
    "res.partner._search_display_name": (
        "test_a_hidden_customer_is_not_found_by_the_index",
        "test_a_caller_is_found_by_what_he_says",
    ),
    "res.partner.name_search": ("test_no_client_chooses_the_walk",),
    "res.partner.create": (
        "test_relation_of_new_customer_is_no_gain",
        "test_a_published_customer_is_not_confidential",
        "TestTiers",
        "test_a_grade_is_not_written_on_the_customer",
        "TestFlowsOfApps",
    ),
    "res.partner.write": (
        "test_relation_given_by_reader_waits_for_officer",
        "test_a_published_customer_is_not_confidential",
        "test_followers_and_activities_end_with_the_right_to_read",
        "TestTiers",
        "TestTierRaising",
        "test_contact_of_filed_customer_is_not_archived",
        "test_a_grade_is_not_written_on_the_customer",
        "TestHandover",
        "TestFlowsOfApps",
    ),
    "base.partner.merge.automatic.wizard._update_foreign_keys": ("TestPartnerMerge", "TestArchiveMerge"),
    "base.partner.merge.automatic.wizard._merge": ("TestPartnerMerge", "TestComplaintLinkRenewed"),
    "ir.default.create": ("TestRightDefaults",),
    "ir.default.write": ("TestRightDefaults",),
    "ir.filters.create": ("TestRightDefaults",),
    "ir.filters.write": ("TestRightDefaults",),
    "crm.team.create": ("test_leader_of_unit_with_classified_customers_waits", "test_new_leader_sees_at_once"),
    "crm.team.write": (
        "test_leader_of_unit_with_classified_customers_waits",
        "test_a_new_leader_and_a_member_who_comes_back_leave_them",
    ),
    "crm.team.member.create": ("TestComplaintNewcomer",),
    "crm.team.member.write": ("TestComplaintNewcomer",),
    "ir.rule._compute_domain": ("test_reading_takes_clearance_or_a_relation",),
    "ir.rule._compute_domain_context_values": ("test_clearance_acts_and_ends_at_once", "TestClearanceRecord"),
    "res.groups.create": ("test_implied_membership_is_confirmed", "TestRightChange", "TestAccessLog"),
    "res.groups.unlink": ("test_rights_given_from_any_side_are_noted", "TestRightChange"),
    "res.groups.write": ("test_clearance_from_any_side_waits",),
    "res.users.create": ("test_new_user_is_made_without_watched_groups",),
    "res.users.write": ("test_clearance_from_any_side_waits",),
    "ir.actions.server.run": ("test_no_server_action_runs_on_a_hidden_record",),
    "res.partner.signup_get_auth_param": ("test_no_token_for_a_hidden_customer",),
    "mail.thread.message_new": ("test_what_makes_documents_of_mails_is_no_rpc_method",),
    "mail.thread.message_process": ("test_gateway_over_rpc_gives_the_mail_alone",),
    "mail.thread._message_route_process": ("TestServiceMailIn",),
    "mail.thread.message_parse": ("TestServiceMailIn",),
    "mail.thread._routing_check_route": ("test_only_the_gateway_gives_mails_to_it",),
    "mail.thread.message_post": ("TestComplaintMessages",),
    "mail.thread._get_thread_with_access": ("test_link_opens_no_conversation_on_routes_of_odoo",),
    "mail.thread._message_auto_subscribe": ("TestComplaintConflict", "TestComplaintLink"),
    "rating.rating.create": ("TestServiceRating", "TestComplaintMessages"),
    "rating.rating.write": ("TestServiceRating", "TestComplaintMessages"),
    "ir.attachment.create": ("TestAdmissionAttacks",),
    "ir.attachment._can_return_content": ("TestWaysOfReading",),
    "ir.attachment.write": ("TestPapers", "TestAdmissionAttacks", "TestWaysOfReading"),
    "mail.render.mixin._render_template": ("test_a_template_with_grades_is_not_sent", "TestManualFields"),
    "mail.template._check_can_be_rendered": ("test_a_template_with_grades_is_not_sent",),
    "base._check_access": (
        "test_messages_are_hidden_even_from_those_who_got_them",
        "TestMailLeaks",
        "TestMailTracking",
    ),
    "base._search": (
        "test_account_of_a_hidden_contact_fits_no_condition",
        "test_related_field_without_code_is_no_oracle",
        "test_messages_are_hidden_even_from_those_who_got_them",
    ),
    "base._field_to_sql": ("test_related_field_without_code_is_no_oracle", "test_copied_particulars_are_empty"),
    "Store.add": ("test_the_chat_client_gets_a_mask",),
    "Many2many._condition_to_sql_relational": ("test_searches_on_users_tell_viewers_alone",),
    "Many2many.convert_to_record": ("test_employees_read_no_secret_group_of_others",),
    "Many2many.convert_to_record_multi": ("test_employees_read_no_secret_group_of_others",),
    "res.groups._compute_all_user_ids": ("test_employees_read_no_member_of_secret_groups",),
    "res.groups._read_group_groupby": ("test_users_are_not_grouped_by_groups",),
    "res.users._read_group_groupby": ("test_users_are_not_grouped_by_groups",),
    "res.users._get_group_ids": ("test_rights_are_the_same_whoever_reads_first",),
    "res.users.has_group": ("test_has_group_tells_employees_nothing",),
    "TableExporter.export_xlsx": ("test_reader_without_permission_exports_no_pivot",),
    "CustomerPortal._document_check_access": ("test_passed_on_link_opens_no_hidden_document",),
    "MailController._redirect_to_record": ("test_token_of_other_letters_is_a_wrong_one",),
    "portal.mixin._portal_ensure_token": ("test_link_of_a_confidential_order_is_withheld",),
    "Rating._get_rating_and_record": ("test_no_colleague_rates_by_link",),
    "mail.activity._action_done": ("test_files_of_an_activity_go_over_to_its_message",),
    "mail.activity.unlink": ("test_reminder_of_another_stays",),
    "mail.compose.message._prepare_mail_values": ("test_composer_sends_in_own_name",),
    "mail.mail.create": ("test_mail_does_not_take_message_along",),
    "mail.mail.unlink": ("test_mail_does_not_take_message_along",),
    "mail.mail.write": ("test_mail_does_not_take_message_along",),
    "mail.message.create": ("test_message_cannot_be_created_without_posting",),
    "mail.message.unlink": ("test_message_of_case_cannot_be_deleted",),
    "mail.message.write": ("test_message_of_case_cannot_be_changed",),
    "mail.scheduled.message.write": ("test_scheduled_message_is_its_creators",),
    "mail.thread._check_can_update_message_content": ("test_note_of_another_is_not_edited",),
    "mail.thread._get_allowed_message_params": ("test_routes_refuse_what_rpc_refuses",),
    "mail.thread._message_create": ("test_poster_is_author",),
    "mail.thread._message_update_content": ("test_own_note_is_edited_and_former_text_kept",),
    "mail.thread.unlink": ("test_document_goes_with_its_messages",),
    "mail.thread.write": ("test_contact_is_not_changed_without_a_line",),
    "mail.tracking.value.create": ("test_tracking_cannot_be_changed",),
    "mail.tracking.value.write": ("test_tracking_cannot_be_changed",),
    "ir.module.module.module_uninstall": ("test_our_addon_is_not_marked",),
    "ir.module.module.unlink": ("test_what_our_addons_need_is_not_marked", "TestUninstall"),
    "ir.module.module.write": ("test_our_addon_is_not_marked",),
    "ir.http._pre_dispatch": ("test_everybody_else_gets_one_page", "test_no_page_shows_a_hidden_customer"),
    "res.users._check_uid_passwd": ("test_clients_of_everybody_else_are_refused",),
    "base.partner.merge.automatic.wizard._update_reference_fields_generic": (
        "test_messages_of_merged_contacts_move_together",
    ),
    "base._read_group_groupby": ("TestManualFields", "TestLinkSecret"),
    "base._read_group_select": ("TestLinkSecret",),
    "base.web_read": ("TestManualFields",),
    "ir.actions.report._render_template": ("TestManualFields",),
    "ir.attachment._search": ("TestSearchRights",),
    "ir.binary._record_to_stream": ("TestManualFields",),
    "mail.thread._partner_find_from_emails": ("TestRecipientsByAddress", "TestLookups",),
    "mail.thread._notify_by_email_prepare_rendering_context": ("TestMailTracking",),
    "mail.tracking.value._create_tracking_values": ("TestMailTracking",),
    "mail.tracking.value._create_tracking_values_property": ("TestMailTracking",),
    "mail.tracking.value._filter_free_field_access": ("TestMailTracking",),
    "mail.tracking.value._filter_has_field_access": ("TestMailTracking",),
    "mail.tracking.value._tracking_value_format_model": ("TestMailTracking",),
    "base._order_field_to_sql": ("TestSearchRights",),
    "mail.message._message_fetch": ("TestWaysOfReading", "TestMailLeaks",),
    "ir.config_parameter.get_param": ("TestLinkSecret",),
    "ir.config_parameter.set_param": ("TestLinkSecret",),
    "CustomerPortal._get_page_view_values": ("TestReadingInApps",),
    "base.unlink": ("TestAddonRows",),
    "mail.thread._notify_thread_with_out_of_office": ("TestMessages",),
}

# By what a closure stops: classes of tests that are tried when none of those above notices.
BROADER = {
    "rule": ("TestTiers", "TestMailLeaks", "TestFollowers", "TestRowsBelow", "TestFlows"),
    "particulars": (
        "TestTierGuard", "TestMailLeaks", "TestMailTracking", "TestFollowers", "TestRowsBelow", "TestLookups", "TestFlows",
        "TestWaysOfReading", "TestReadingInApps", "TestSecretGroups",
    ),
    "oracle": ("TestSearchRights", "TestRecipientsByAddress", "TestNameSearch", "TestSecretGroups", "TestLookups"),
    "files": (
        "TestAccessLog", "TestWaysOfReading", "TestWatermark", "TestPivotExport", "TestReadingInApps", "TestLookups", "TestFlows",
        "TestFlowsOfApps", "TestManualFields",
    ),
    "rights": ("TestRightChange", "TestTiers", "TestAccessLog", "TestHandover", "TestClearanceRecord", "TestSearchRights"),
    "evidence": ("TestMessages", "TestEdits", "TestPostedFiles", "TestEvidence", "TestUninstall"),
    "hook": ("TestPublicMethods", "TestMessages", "TestServiceMailIn"),
    "token": ("TestLinkSecret", "TestComplaintLink", "TestStaleLink", "TestReadingInApps"),
}  # fmt: skip


def extensions(registry, addon, closure):
    """Return our classes that extend the method of a closure."""
    if ":" in closure.owner:
        module, _colon, name = closure.owner.partition(":")
        owner = getattr(importlib.import_module(module), name)
        classes = set(_subclasses(owner))
    else:
        classes = {
            cls
            for name, model in registry.items()
            for cls in model.__mro__
            if _extends(name, model.__mro__, cls, closure)
        }
    return sorted(
        (
            cls
            for cls in classes
            if is_ours(cls) and cls.__module__.split(".")[2] == addon and closure.method in vars(cls)
        ),
        key=str,
    )


def _extends(name, classes, cls, closure):
    if not is_ours(cls) or closure.method not in vars(cls):
        return False
    if cls._name == closure.owner:
        return True
    origin = next((base for base in reversed(classes) if closure.method in vars(base) and not is_ours(base)), None)
    if (
        origin is None
        or not cls._name.startswith("kehu.")
        or name.startswith("kehu.")
        and origin.__module__.startswith("odoo.orm.")
    ):
        return False
    return (getattr(origin, "_name", None) or "base") == closure.owner


def _subclasses(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


class Mutations:
    """Each place where a closure stands, without it."""

    def mutants(self):
        """Yield ``(row, class, method)`` of each place where ours extends the method of a closure."""
        only = os.environ.get("KEHU_MUTATIONS", "").split(",")
        for addon, module in LISTS.items():
            for closure in importlib.import_module(module).CLOSURES:
                name = f"{closure.owner.rpartition(':')[2]}.{closure.method}"
                for cls in extensions(self.registry, addon, closure) or [None]:
                    if any(part in name for part in only):
                        yield (
                            {
                                "addon": addon,
                                "closure": name,
                                "stops": closure.stops,
                                "file": cls and cls.__module__.split(".", 3)[3],
                            },
                            cls,
                            closure.method,
                        )

    @contextmanager
    def without(self, cls, method):
        """Be a server without what a class of ours adds to a method of Odoo."""
        extension = vars(cls)[method]
        delattr(cls, method)
        self.registry.clear_all_caches()
        try:
            yield
        finally:
            setattr(cls, method, extension)
            self.registry.clear_all_caches()

    def note(self, row, began, **values):
        row |= values | {"seconds": round(time.monotonic() - began)}
        with open(os.environ["KEHU_MUTATION_TABLE"], "a", encoding="utf-8") as table:
            table.write(json.dumps(row, ensure_ascii=False) + "\n")


@tagged("post_install", "-at_install")
class TestByFinders(Mutations, KindsCase):
    def found(self, name):
        """Return the first thing that a finder finds; what it writes is undone."""
        savepoint = self.env.cr.savepoint()
        try:
            return next(getattr(self, name)(), None)
        except Exception as error:  # noqa: BLE001  the finder cannot do its work: that is noticed, too
            return f"{type(error).__name__}: {error}"
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.registry.clear_all_caches()

    def test_finders_notice_what_is_missing(self):
        for row, cls, method in self.mutants():
            finders = FINDERS.get(row["stops"], ())
            if not (cls and finders):
                continue
            began, red = time.monotonic(), None
            with self.without(cls, method), mute_logger("odoo"):
                self.env.invalidate_all(flush=False)
                red = next(((name, str(found)[:300]) for name in finders if (found := self.found(name))), None)
            self.env.invalidate_all(flush=False)
            self.note(row, began, by="finder", red=red, green=None if red else finders)


@tagged("post_install", "-at_install")
class TestByTests(Mutations, BaseCase):
    @property
    def registry(self):
        return Registry(get_db_name())

    def test_tests_notice_what_is_missing(self):
        tests, sound = self.tests(), {}
        for row, cls, method in self.mutants():
            wanted = dict.fromkeys((*TESTS.get(row["closure"], ()), *BROADER.get(row["stops"], ())))
            names = [test for name in wanted for test in tests.get(name, ())]
            if not (cls and names):
                self.note(row, time.monotonic(), by="test", red=None, green=None)
                continue
            began, red = time.monotonic(), None
            for name in names:
                with self.without(cls, method), mute_logger("odoo"):
                    failures = self.failures(name)
                # A test that fails with the closure, too, tells nothing.
                if failures and name not in sound:
                    sound[name] = not self.failures(name)
                if failures and sound[name]:
                    red = name, failures[0][:300]
                    break
            unsound = [name for name in names if not sound.get(name, True)]
            self.note(row, began, by="test", red=red, green=None if red else names, unsound=unsound)

    def tests(self):
        """Return ``{name of a test, or of a class of tests: full names}`` of all addons of ours."""
        found = {}
        for addon in sorted({*LISTS, "kehu_workflow_test", "kehu_leak_test", "kehu_rpc_test"} & self.registry._init_modules):
            package = importlib.import_module(f"odoo.addons.{addon}.tests")
            for module in vars(package).values():
                for name, cls in vars(module).items() if inspect.ismodule(module) else ():
                    if inspect.isclass(cls) and issubclass(cls, BaseCase) and cls.__module__ == module.__name__:
                        full = f"{module.__name__}.{name}"
                        found.setdefault(name, []).append(full)
                        for method in vars(cls):
                            if method.startswith("test_"):
                                found.setdefault(method, []).append(f"{full}.{method}")
        return found

    def failures(self, name):
        """Run tests, to the first that fails; return its name and what it says."""
        suite = OdooSuite(unittest.defaultTestLoader.loadTestsFromName(name))
        failures = []

        class Result(OdooTestResult):
            def addError(self, test, error):
                failures.append(f"{test}: {error[1]}")

            addFailure = addError

            def addSubTest(self, test, subtest, error):
                if error:
                    failures.append(f"{test}: {error[1]}")

        result = Result()
        result.failfast = True
        with mute_logger("odoo"):
            suite.run(result)
        return failures
