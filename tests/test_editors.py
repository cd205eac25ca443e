"""What editors are given knows the language as it is."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from dsl.parser import expected
from editors import textmate

EDITORS = Path(__file__).parent.parent / "editors"


def test_every_word_of_the_language_has_a_colour() -> None:
    text = json.dumps(textmate.grammar())
    assert len(textmate.words()) > 80
    assert not [word for word in textmate.words() if not re.search(rf"[(|]{word}[|)]", text)]


def test_every_declaration_is_coloured_as_one() -> None:
    (rule,) = (
        each
        for each in textmate.grammar()["repository"]["line"]["patterns"]
        if "2" in each.get("captures", {})
    )
    for word in expected(""):
        if word.isalpha() and word.islower():
            assert f"({word}|" in rule["match"] or f"|{word}" in rule["match"]


def test_all_editors_start_the_same_server_for_the_same_files() -> None:
    manifest = json.loads((EDITORS / "vscode" / "package.json").read_text("utf-8"))
    (language,) = manifest["contributes"]["languages"]
    assert language["extensions"] == [".case"]
    for file in [language["configuration"], *language["icon"].values(), manifest["icon"]]:
        assert (EDITORS / "vscode" / file).is_file()
    helix = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text("utf-8"))
    assert helix["language"][0]["file-types"] == ["case"]
    assert helix["language-server"]["casework"]["args"] == ["lsp"]
    neovim = (EDITORS / "neovim" / "casework.lua").read_text("utf-8")
    assert 'case = "casework"' in neovim and '"lsp"' in neovim
