"""A command that was called wrongly is told so in the language of whoever called it."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from cli.main import main

CASES = [
    (["chekc"], "没有命令 'chekc'。是否指 'check'？"),
    (["nothing-like-it"], "没有命令 'nothing-like-it'。"),
    (["check", "--formt", "json"], "没有选项 '--formt'。是否指 '--format'？"),
    (["--colour"], "没有选项 '--colour'。"),
    (["new"], "缺少参数 'NAME'。"),
    (["sample", "nowhere"], "'APP' 的值不对：文件夹 'nowhere' 不存在。"),
    (["serve", "--port", "x"], "'--port' 的值不对：'x' 不是整数。"),
    (["sample", ".", "--rows", "0"], "'--rows' 的值不对：0 不在范围 x>=1 内。"),
    (["check", "--format"], "选项 '--format' 需要一个值。"),
    (["check", "--missing-texts=1"], "选项 '--missing-texts' 不带值。"),
    (["explain", "CW0101", "more"], "多余的参数：more"),
    (["explain", "CW9999"], "没有编号为 CW9999 的问题"),
]


@pytest.mark.parametrize(("arguments", "told"), CASES)
def test_in_chinese(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, ["--lang", "zh", *arguments])
    assert f"错误：{told}" in result.output
    assert not re.search("Error|Usage|Try", result.output)
    assert result.exit_code == (1 if "CW9999" in arguments else 2)


@pytest.mark.parametrize(("arguments", "told"), CASES)
def test_in_english_as_click_tells_it(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, ["--lang", "en", *arguments])
    assert "Error: " in result.output
    assert not re.search("[一-鿿]", result.output.partition("Error: ")[2])


def test_a_near_command_is_suggested_in_english_too() -> None:
    result = CliRunner().invoke(main, ["--lang", "en", "chekc"])
    assert "No such command 'chekc'. Did you mean 'check'?" in result.output


def test_the_environment_asks_for_a_language_too() -> None:
    result = CliRunner().invoke(main, ["--colour"], env={"LC_ALL": "zh_CN.UTF-8"})
    assert "错误：没有选项" in result.output
    assert "用法：" in result.output
