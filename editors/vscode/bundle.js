// Bundles the extension into one file, and beside it the licences of what went in.

const { build } = require("esbuild");
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const path = require("node:path");

async function main() {
  const { metafile } = await build({
    entryPoints: ["extension.js"],
    outfile: "dist/extension.js",
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["vscode"],
    minify: true,
    metafile: true,
  });
  const folders = new Set(Object.keys(metafile.inputs).map(packageOf).filter(Boolean));
  writeFileSync("dist/NOTICES.txt", [...folders].sort().map(notice).join("\n\n"));
}

/** The folder of the package that a file belongs to; null for a file of our own. */
function packageOf(file) {
  const found = file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/);
  return found && found[0];
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json")));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(path.join(folder, file), "utf8") : license;
  return `${name} ${version}\n\n${text.trim()}\n`;
}

main();
