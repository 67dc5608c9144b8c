// Builds, wherever npm wants the package prepared, and says nothing unless the build fails.
//
// For `npm install --global git+…`, as pre-commit does it, npm prepares the clone with its own `--global` still in the
// environment: the packages that the build needs then do not lie in the clone, and are fetched here.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function npm(...words) {
  const script = process.env.npm_execpath;
  const [command, ...first] = script === undefined ? ["npm"] : [process.execPath, script];
  const shell = script === undefined && process.platform === "win32";
  const done = spawnSync(command, [...first, ...words], { cwd: root, shell, encoding: "utf8" });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}${done.error?.message ?? ""}\n`);
  process.exit(1);
}

if (!existsSync(`${root}/node_modules/rolldown`)) {
  npm("install", "--global=false", "--include=dev", "--no-save", "--ignore-scripts");
}
npm("run", "build");
