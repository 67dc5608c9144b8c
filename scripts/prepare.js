// Builds, wherever npm wants the package prepared.
//
// For `npm install --global git+…`, as pre-commit does it, npm prepares the clone with its own `--global` still in the
// environment: the packages that the build needs then do not lie in the clone, and are fetched here.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function npm(...words) {
  const command = process.env.npm_execpath;
  const done =
    command === undefined
      ? spawnSync("npm", words, { cwd: root, stdio: "inherit", shell: process.platform === "win32" })
      : spawnSync(process.execPath, [command, ...words], { cwd: root, stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

if (!existsSync(`${root}/node_modules/rolldown`)) {
  npm("install", "--global=false", "--include=dev", "--no-save", "--ignore-scripts");
}
npm("run", "build");
