"""Names of people: the surname, how to address them, the pinyin initials to find them by. Pure."""

import itertools
import re

from pypinyin import Style, lazy_pinyin

COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙"
    " 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋"
    " 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门"
    " 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 爱新觉罗 叶赫那拉"
)
COMPOUND_SURNAMES = frozenset(COMPOUND.split())
LONGEST_SURNAME = max(map(len, COMPOUND_SURNAMES))
# Characters read differently as a surname than in a word.
SURNAME_READINGS = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "区": "ou",
    "查": "zha",
    "任": "ren",
    "盖": "ge",
    "朴": "piao",
    "翟": "zhai",
    "乐": "yue",
    "覃": "qin",
    "缪": "miao",
    "召": "shao",
    "秘": "bi",
    "折": "she",
    "种": "chong",
    "员": "yun",
    "尉迟": "yuchi",
    "长孙": "zhangsun",
    "万俟": "moqi",
    "澹台": "tantai",
}
SALUTATIONS = {
    "zh": {"mr": "{}先生", "ms": "{}女士"},
    "en": {"mr": "Mr {}", "ms": "Ms {}"},
}
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def surname(name: str) -> str:
    """Return the family name: the first character or the compound in Chinese names, else the last word."""
    name = name.strip()
    if not HAN.match(name):
        return name.split()[-1] if name else ""
    for length in range(min(LONGEST_SURNAME, len(name) - 1), 1, -1):
        if name[:length] in COMPOUND_SURNAMES:
            return name[:length]
    return name[0]


def salutation(name: str, title: str, language: str) -> str:
    """Address a person, such as 王先生 or Ms Wang; the whole name where no title is known."""
    family = surname(name)
    if not title or not family:
        return name
    chinese = language.startswith("zh")
    pattern = SALUTATIONS["zh" if chinese else "en"][title]
    return pattern.format(family if chinese else romanised(family))


def romanised(family: str) -> str:
    """Write a Chinese surname in letters, such as Ouyang; other names stay as they are."""
    if not HAN.match(family):
        return family
    return (SURNAME_READINGS.get(family) or "".join(lazy_pinyin(family))).capitalize()


def initials(name: str) -> str:
    """Return the first letters of every syllable or word, in each reading of the surname: `sxf dxf`."""
    family = surname(name) if HAN.match(name.strip()) else ""
    rest = first_letters(name.strip()[len(family) :])
    heads = {first_letters(family)}
    if family in SURNAME_READINGS and len(family) == 1:
        heads.add(SURNAME_READINGS[family][0])
    return " ".join(sorted(head + rest for head in heads))


def first_letters(text: str) -> str:
    words = re.findall(r"\w+", text)
    letters = [lazy_pinyin(word, style=Style.FIRST_LETTER, errors=lambda latin: latin[0]) for word in words]
    return "".join(itertools.chain.from_iterable(letters)).lower()
