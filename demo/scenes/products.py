"""What the company makes, and the product files of what the customers bought."""


def play(stage):
    # The devices that the service knows, and what it sells.
    for key, name, code, price, cost in (
        ("power_bank", "移动电源 20000 mAh", "RD-PB20", 159, 92),
        ("controller_board", "工业控制主板", "RD-IC7", 2380, 1540),
        ("camera", "智能摄像机 C3", "RD-CAM-C3", 480, 310),
        ("controller", "运动控制器 MC-8800", "RD-MC-8800", 12800, 8900),
        ("module", "车载通信模块 T2", "RD-T2", 860, 560),
    ):
        stage.create(
            f"product_{key}", "product.product", name=name, default_code=code, list_price=price, standard_price=cost
        )
    for key, number, product, customer, months, warranty, values in (
        ("camera", "RD-CAM-240118", "智能摄像机 C3", "hongtu", 5, 24, {}),
        (
            "gateway",
            "RD-GW-230907",
            "家庭网关 G1",
            "hongtu",
            20,
            12,
            {"sim_number": "898600D0220000000001", "note": "安装在二号厂房门口，维修须提前一天预约。"},
        ),
        ("controller", "RD-MC-8800-0031", "运动控制器 MC-8800", "suyuan", 10, 36, {}),
        (
            "truck",
            "粤B·D31688",
            "车载终端 T5",
            "nanfang",
            8,
            12,
            {"kind": "plate", "device_number": "T5-000718", "sim_number": "898600D0220000000207"},
        ),
    ):
        stage.create(
            f"product_file_{key}",
            "kehu.product.file",
            name=number,
            product_name=product,
            company_id=stage.company.id,
            partner_id=stage[f"archive_{customer}"].partner_id.id,
            date_sold=stage.day(months=-months),
            warranty_months=warranty,
            **values,
        )
    # A gateway whose card was changed: its history has a row.
    stage["product_file_gateway"].with_env(stage.as_user("clerk")).sim_number = "898600D0220000000388"
