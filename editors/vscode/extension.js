// Starts the language server and keeps it running; everything else is the server's.

const { existsSync } = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("casework.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("casework.command")) restart();
    }),
  );
  await start();
}

async function start() {
  const [command, ...args] = serverCommand();
  const server = { command, args };
  client = new LanguageClient("casework", "Casework", server, {
    documentSelector: [{ scheme: "file", language: "casework" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.case") },
  });
  await client.start();
}

async function restart() {
  await client?.stop();
  await start();
}

/** What the settings say; else the environment of the open folder; else what the PATH has. */
function serverCommand() {
  const configured = vscode.workspace.getConfiguration("casework").get("command");
  if (configured.length) return configured;
  const program = process.platform === "win32" ? ["Scripts", "casework.exe"] : ["bin", "casework"];
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const local = path.join(folder.uri.fsPath, ".venv", ...program);
    if (existsSync(local)) return [local, "lsp"];
  }
  return ["casework", "lsp"];
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
