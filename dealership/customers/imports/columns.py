"""The columns other systems export: their headers in Chinese and English, and how each cell is read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealership.customers.imports import cells


@dataclass(frozen=True)
class Column:
    """One thing a table can tell: `name` here, `headers` there, `read` turns a filled cell into a value.

    `read(text, region)` raises cells.Unreadable with a sentence.
    """

    name: str
    label: str | Promise
    headers: str
    read: Callable[[str, str], Any]


COLUMNS = [
    Column(
        "name",
        _("customer name"),
        "客户姓名 姓名 客户名称 客户 车主 车主姓名 name customer customername owner",
        cells.text(80),
    ),
    Column("kind", _("kind"), "客户类型 客户性质 类型 kind type customertype", cells.kind),
    Column("title", _("title"), "称谓 性别 称呼 title gender sex salutation", cells.title),
    Column(
        "mobile", _("mobile"), "手机 手机号 手机号码 移动电话 联系手机 mobile mobilephone cellphone cell", cells.phones
    ),
    Column(
        "phone",
        _("phone"),
        "电话 联系电话 固定电话 座机 家庭电话 办公电话 phone telephone tel landline phonenumber",
        cells.phones,
    ),
    Column("email", _("e-mail"), "邮箱 电子邮箱 电子邮件 email emailaddress mail", cells.email),
    Column("address_home", _("home address"), "地址 家庭地址 住址 联系地址 address homeaddress", cells.text(200)),
    Column("address_work", _("work address"), "单位地址 工作地址 公司地址 workaddress companyaddress", cells.text(200)),
    Column("birthday", _("birthday"), "生日 出生日期 birthday dateofbirth birthdate dob", cells.birthday),
    Column("interests", _("interests"), "爱好 兴趣 兴趣爱好 interests hobbies", cells.text(200)),
    Column("notes", _("notes"), "备注 说明 notes remark remarks comment", cells.text(1000)),
    Column(
        "plate",
        _("plate"),
        "车牌 车牌号 车牌号码 牌照号 牌照 plate platenumber licenseplate licenceplate registration",
        cells.plate,
    ),
    Column("vin", _("VIN"), "vin 车架号 车架号码 底盘号 vin码 车辆识别代号 vinnumber chassis chassisnumber", cells.vin),
    Column("make", _("make"), "品牌 厂牌 make brand", cells.text(40)),
    Column("model_name", _("model"), "车型 车系 车型名称 车辆型号 model modelname", cells.text(60)),
    Column("colour", _("colour"), "颜色 车身颜色 车色 colour color", cells.text(30)),
    Column("energy", _("energy"), "能源 能源类型 燃料 燃料类型 动力类型 energy fuel fueltype", cells.energy),
    Column(
        "sale_on",
        _("sold on"),
        "销售日期 购车日期 购买日期 开票日期 交车日期 saledate soldon purchasedate dateofsale",
        cells.day,
    ),
    Column(
        "salesperson",
        _("salesperson"),
        "销售顾问 销售员 业务员 salesperson seller salesman salesconsultant",
        cells.text(60),
    ),
    Column(
        "warranty_until",
        _("warranty until"),
        "质保到期 质保到期日 保修到期 三包到期 warrantyuntil warrantyend",
        cells.day,
    ),
    Column("insurer", _("insurer"), "保险公司 承保公司 insurer insurancecompany", cells.text(60)),
    Column(
        "insurance_expires_on",
        _("insurance expires on"),
        "保险到期 保险到期日 insuranceexpires insuranceexpiry insuranceuntil",
        cells.day,
    ),
    Column(
        "inspection_due_on",
        _("inspection due on"),
        "年检到期 年检日期 验车日期 年审到期 inspectiondue nextinspection",
        cells.day,
    ),
    Column(
        "next_service_on",
        _("next service on"),
        "下次保养日期 下次保养 nextserviceon nextservice nextservicedate",
        cells.day,
    ),
    Column("next_service_km", _("next service at (km)"), "下次保养里程 nextservicekm nextservicemileage", cells.km),
    Column("mileage", _("mileage (km)"), "里程 行驶里程 当前里程 公里数 mileage km odometer", cells.km),
    Column(
        "order_number",
        _("order number"),
        "工单号 维修单号 委托书号 结算单号 单号 order ordernumber orderno repairorder ro",
        cells.text(40),
    ),
    Column(
        "order_closed_on",
        _("order closed on"),
        "结算日期 维修日期 出厂日期 完工日期 orderdate closedon closedate servicedate invoicedate",
        cells.day,
    ),
    Column(
        "order_km", _("mileage on the order"), "进厂里程 维修里程 工单里程 ordermileage orderkm mileagein", cells.km
    ),
    Column(
        "order_work",
        _("work done"),
        "维修内容 维修项目 服务项目 作业项目 work workdone jobs description",
        cells.text(1000),
    ),
    Column("order_amount", _("amount"), "金额 结算金额 总金额 维修金额 amount total invoiceamount", cells.amount),
    Column("order_advisor", _("advisor"), "服务顾问 接待员 业务接待 advisor serviceadvisor", cells.text(60)),
]
BY_NAME = {column.name: column for column in COLUMNS}
BY_HEADER = {header: column for column in COLUMNS for header in column.headers.split()}
TELLS_WHO = ("mobile", "phone", "plate", "vin")
CUSTOMER = ("kind", "title", "email", "address_home", "address_work", "interests", "notes")
VEHICLE = (
    "make",
    "model_name",
    "colour",
    "energy",
    "sale_on",
    "warranty_until",
    "insurer",
    "insurance_expires_on",
    "inspection_due_on",
    "next_service_on",
    "next_service_km",
)
ORDER = ("order_number", "order_closed_on", "order_km", "order_work", "order_amount", "order_advisor")


def key(header: str) -> str:
    """Write a header the one way it is compared: no spaces, marks, units in brackets or capitals."""
    plain = unicodedata.normalize("NFKC", header).lower().lstrip("\ufeff'")
    return re.sub(r"\([^)]*\)|[\s_\-.:*/#]+", "", plain)


def recognised(header: list[str]) -> dict[int, Column]:
    """Return the column of each place in the header; the first of two with the same meaning counts."""
    found: dict[int, Column] = {}
    for place, text in enumerate(header):
        column = BY_HEADER.get(key(text))
        if column is not None and column not in found.values():
            found[place] = column
    return found


def looks_like_header(texts: list[str]) -> bool:
    return len(recognised(texts)) >= 2


def missing(header: list[str]) -> list[str]:
    """Return the labels of the columns without which no row says who it is about."""
    present = {column.name for column in recognised(header).values()}
    lacking = [] if "name" in present else [str(BY_NAME["name"].label)]
    if not present & set(TELLS_WHO):
        lacking.append(" / ".join(str(BY_NAME[name].label) for name in TELLS_WHO))
    return lacking
