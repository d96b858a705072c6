"""X4: an employee who meets a customer who is hidden from them asks for access there, and the officer is reminded."""


def test_employee_asks_where_a_record_is_refused(browser_as, rpc, screenshot):
    director, salesman = rpc("director"), rpc("sales2")
    hidden = director.call("kehu.archive", "search_read", [["kehu_tier", "=", "3"]], ["partner_id"])
    readable = salesman.call("kehu.archive", "search", [])
    archive = next(archive for archive in hidden if archive["id"] not in readable)
    page = browser_as("sales2")
    page.goto(f"/odoo/customer-archives/{archive['id']}")
    page.wait_for_selector(".o_notification_buttons button")
    screenshot(page, "access_refused")
    page.click(".o_notification_buttons button")
    page.fill(".modal div[name=purpose] textarea", "准备合同")
    assert str(archive["id"]) in page.input_value(".modal div[name=customer] input")
    page.click(".modal .o_form_button_save")
    page.wait_for_selector(".o_notification")
    page.wait_for_selector(".modal", state="detached")
    request = director.call(
        "kehu.access.request", "search_read", [["purpose", "=", "准备合同"]], ["customer_id", "state", "activity_ids"]
    )[0]
    assert request["customer_id"] == archive["partner_id"][0]
    assert request["state"] == "open" and request["activity_ids"]
    page.goto(f"/odoo/kehu.access.request/{request['id']}")
    page.wait_for_selector(".o_form_view")
    assert not page.locator("div[name=customer_label]").count()
    salesman.call("kehu.access.request", "workflow_move", [request["id"]], "withdraw")


def test_officer_sees_who_can_read_a_customer(browser_as, rpc, screenshot):
    """X4, X7: in the menu of actions of each customer and document."""
    (archive,) = rpc("director").call("kehu.archive", "search_read", [["kehu_tier", "=", "3"]], ["partner_id"], limit=1)
    page = browser_as("director")
    page.goto(f"/odoo/customer-archives/{archive['id']}")
    page.click(".o_cp_action_menus .dropdown-toggle")
    page.click(".o-dropdown--menu >> text=谁能查看")
    page.wait_for_selector(".modal .o_data_row")
    screenshot(page, "who_can_read")
    rows = page.locator(".modal .o_data_row").all_inner_texts()
    assert any("阅密级别" in row for row in rows), rows
    page.click(".modal footer button")
    page.wait_for_selector(".modal", state="detached")
    clerk = browser_as("clerk")
    clerk.goto("/odoo/customer-archives")
    clerk.click(".o_data_row >> nth=0")
    clerk.click(".o_cp_action_menus .dropdown-toggle")
    clerk.wait_for_selector(".o-dropdown--menu")
    assert not clerk.locator(".o-dropdown--menu >> text=谁能查看").count()


def test_clerk_files_a_private_person(browser_as, rpc, screenshot):
    """A2: the number that a person has, and what is still needed, shown before anything is refused."""
    page = browser_as("clerk")
    page.goto("/odoo/customer-archives/new")
    page.fill("div[name=name] textarea, div[name=name] input", "欧阳小明")
    page.click("div[name=company_type] input[data-value=person]")
    page.wait_for_selector("div[name=legal_representative]", state="detached")
    assert page.locator("label[for^=vat]").count() == 1
    page.fill("div[name=vat] input", "11010519491231002X")
    page.click(".o_form_button_save")
    page.wait_for_selector(".o_form_saved, .o_form_status_indicator_buttons.invisible", state="attached")
    screenshot(page, "archive_person")
    (archive,) = rpc("clerk").call(
        "kehu.archive", "search_read", [["name", "=", "欧阳小明"]], ["is_company", "vat", "card_kind", "partner_id"]
    )
    assert (archive["is_company"], archive["vat"], archive["card_kind"]) == (False, "11010519491231002X", "person")
    # Another run files the same person.
    rpc("admin").call("kehu.archive", "unlink", [archive["id"]])
    rpc("admin").call("res.partner", "write", [archive["partner_id"][0]], {"name": "Former", "vat": False})
