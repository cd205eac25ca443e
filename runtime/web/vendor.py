"""Fetch the browser packages that `static/vendor/manifest.json` names and record their hashes.

Run it after changing a version or the icon list: `python -m runtime.web.vendor`.
Packages come through `npm pack` with scripts off; nothing of them runs here, and no user of
Casework needs Node. A package gets the folder `<name>-<version>`; older folders are removed.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "static" / "vendor"
MANIFEST = HERE / "manifest.json"

# The sprite is also the favicon: symbols do not draw, so this mark is all a tab shows.
MARK = (
    '<rect width="24" height="24" rx="6" fill="#0b5cad"/>'
    '<path d="M15.5 8.8A4.7 4.7 0 1 0 15.5 15.2" fill="none" stroke="#fff" '
    'stroke-width="2.6" stroke-linecap="round"/>'
)


def main() -> None:
    manifest = json.loads(MANIFEST.read_text())
    for package in manifest["packages"]:
        vendor(package)
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def vendor(package: dict[str, Any]) -> None:
    """Replace the package's folder by its fresh files and write their hashes into `package`."""
    for old in HERE.glob(f"{package['name']}-*"):
        shutil.rmtree(old)
    folder = HERE / f"{package['name']}-{package['version']}"
    folder.mkdir()
    with tempfile.TemporaryDirectory() as temporary:
        source = unpack(package["name"], package["version"], Path(temporary))
        for name, entry in package["files"].items():
            body = (
                (source / entry["from"]).read_bytes()
                if "from" in entry
                else sprite(source / "icons", package["icons"])
            )
            (folder / name).write_bytes(body)
            entry["sha256"] = hashlib.sha256(body).hexdigest()


def unpack(name: str, version: str, into: Path) -> Path:
    subprocess.run(
        ["npm", "pack", f"{name}@{version}", "--ignore-scripts", "--silent"], cwd=into, check=True
    )
    with tarfile.open(next(into.glob("*.tgz"))) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def sprite(icons: Path, names: list[str]) -> bytes:
    """One SVG file of `<symbol>`s; stroke attributes sit on the using element's class."""
    symbols = "".join(symbol(icons / f"{name}.svg") for name in sorted(names))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">' + MARK + symbols + "</svg>\n"
    ).encode()


def symbol(path: Path) -> str:
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    if drawing is None:
        raise ValueError(f"{path} holds no <svg> element")
    body = re.sub(r"\s*\n\s*", "", drawing[1]).strip()
    return f'<symbol id="{path.stem}" viewBox="0 0 24 24">{body}</symbol>'


if __name__ == "__main__":
    main()
