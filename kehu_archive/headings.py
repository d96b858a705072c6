"""How companies head the columns of their customer lists, and write what is in them; plain text, no database."""

import re

from .matching import half_width

_REMARK = re.compile(r"\(.*?\)")
_KIND_OF_DIVISION = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")

# Path of the field -> headings, as in the template of the import (first) and elsewhere.
HEADINGS = {
    "name": "客户名称 客户 客户全称 客户姓名 公司名称 企业名称 单位名称 名称 客戶名稱 公司名稱 企業名稱 單位名稱 名稱",
    "company_type": "企业/个人 个人/企业 公司/个人 个人/公司 企业或个人 主体类型 客户性质 企業/個人 主體類型 客戶性質",
    "vat": "统一社会信用代码 信用代码 社会信用代码 统一信用代码 统一代码 税号 纳税人识别号 登记号/税号 登记号 证件号码 身份证号 身份证号码 "
    "統一社會信用代碼 信用代碼 統一編號 稅號 登記號 證件號碼 身份證號碼",
    "country_id": "国家/地区 国家 国别 国家或地区 國家/地區 國家 國別",
    "state_id": "省份 省 省/直辖市 省市 省/市 所在省 所在省份",
    "city": "城市 市 所在城市 所在市",
    "street": "地址 详细地址 联系地址 公司地址 注册地址 通讯地址 詳細地址 聯絡地址 公司地址 註冊地址",
    "zip": "邮编 邮政编码 郵遞區號",
    "phone": "电话 联系电话 公司电话 办公电话 固定电话 座机 手机 手机号 手机号码 電話 聯絡電話 手機",
    "fax": "传真 傳真",
    "email": "邮箱 电子邮箱 电子邮件 邮件 郵箱 電子郵件 E-mail Email",
    "website": "网址 网站 官网 公司网站 網址 網站",
    "legal_representative": "法定代表人 法人 法人代表 法人姓名 負責人 负责人",
    "registered_capital": "注册资本 注册资金 註冊資本",
    "business_scope": "经营范围 主营业务 經營範圍",
    "date_founded": "成立日期 成立时间",
    "is_existing": "存量客户 老客户 存量客戶 既有客戶",
    "date_first_contact": "首次接触 首次接触日期 首次联系日期",
    "type_id": "档案类型",
    "taken_number": "原档案编号 档案编号 原编号 档案号 原档案号 原檔案編號 檔案編號",
    "taken_date": "原建档日期 建档日期 建档时间 原建檔日期 建檔日期",
    "taken_state": "原档案状态 档案状态 原檔案狀態 檔案狀態",
    "kehu_custodian_id": "档案管理员",
    "kehu_team_id": "事业部 所属事业部 部门",
    "user_id": "业务员 销售员 销售人员 负责业务员",
    "distinct_reason": "非重复原因",
    "child_ids/name": "联系人 联系人姓名 主要联系人 首要联系人 聯絡人 聯絡人姓名",
    "child_ids/function": "联系人职务 职务 职位 联系人职位 職務 職位",
    "child_ids/phone": "联系人电话 联系人手机 聯絡人電話",
    "child_ids/email": "联系人邮箱 联系人电子邮箱",
}
COUNTRIES = {"HK": "香港 中国香港 香港特别行政区", "MO": "澳门 中国澳门 澳门特别行政区", "TW": "台湾 中国台湾"}
STATES = {
    "preliminary": "预备 預備 待建档",
    "formal": "正式 已建档 有效 在用",
    "dormant": "休眠 停用 暂停",
    "closed": "关闭 已关闭 注销 作废 關閉 已關閉",
}
KINDS = {"company": "企业 公司 单位 法人 企業 單位", "person": "个人 自然人 私人 個人"}


def heading_key(heading):
    """Return what of a heading decides: neither marks of what is required nor remarks in brackets.

    >>> heading_key("客户名称*（必填）") == heading_key(" 客户名称：")
    True
    """
    return re.sub(r"[\s*:]", "", _REMARK.sub("", half_width(heading))).casefold()


def province_key(name):
    """Return the short name of a province: 广东 of 广东省."""
    return _KIND_OF_DIVISION.sub("", half_width(name))


PATHS = {heading_key(heading): path for path, headings in HEADINGS.items() for heading in headings.split()}
COUNTRY_CODES = {name: code for code, names in COUNTRIES.items() for name in names.split()}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}
STATE_OF = {word: state for state, words in STATES.items() for word in words.split()}
