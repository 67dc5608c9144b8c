import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findSources } from "../../src/files/find.ts";
import { isDockerfileName } from "../../src/files/names.ts";
import { folder } from "./run.ts";

const paths = (words: readonly string[], cwd: string): string[] =>
  findSources(words, cwd).map(({ path }) => path);

describe("isDockerfileName", () => {
  test.each([
    "Dockerfile",
    "dockerfile",
    "Dockerfile.gpu",
    "app.Dockerfile",
    "app.dockerfile",
    "Containerfile",
    "Containerfile.x",
  ])("%s is one", (name) => expect(isDockerfileName(name)).toBe(true));
  test.each([
    "Dockerfile.dockerignore",
    "app.Dockerfile.dockerignore",
    "Containerfile.containerignore",
    ".dockerignore",
    "dockerfile.go",
    "dockerfile_test.go",
    "Dockerfile.bak",
    "Dockerfile.gpu.orig",
    "Containerfile~",
    "MyDockerfile",
    "Dockerfiles",
    ".Dockerfile",
    "docker-compose.yml",
  ])("%s is none", (name) => expect(isDockerfileName(name)).toBe(false));
});

describe("findSources", () => {
  test("without words: every Dockerfile below the current folder, once, folder by folder", () => {
    const cwd = folder({
      "b/Dockerfile": "",
      "b/a/Dockerfile.x": "",
      Dockerfile: "",
      "Dockerfile.dockerignore": "",
      "readme.md": "",
      "node_modules/p/Dockerfile": "",
      ".devcontainer/Dockerfile": "",
    });
    symlinkSync("b/Dockerfile", join(cwd, "x.Dockerfile"));
    symlinkSync("b", join(cwd, "linked"));
    symlinkSync("nowhere", join(cwd, "y.Dockerfile"));
    expect(paths([], cwd)).toEqual([
      "Dockerfile",
      "x.Dockerfile",
      ".devcontainer/Dockerfile",
      "b/a/Dockerfile.x",
    ]);
  });

  test("leaves out pipes, which nobody may ever write to", () => {
    const cwd = folder({ Dockerfile: "", "sub/a.Dockerfile": "" });
    execFileSync("mkfifo", ["pf.Dockerfile", "sub/.gitignore"], { cwd });
    symlinkSync("pf.Dockerfile", join(cwd, "link.Dockerfile"));
    expect(paths([], cwd)).toEqual(["Dockerfile", "sub/a.Dockerfile"]);
    expect(paths(["**/*ockerfile"], cwd)).toEqual(["Dockerfile", "sub/a.Dockerfile"]);
  });

  test("leaves out what git ignores, as git reads its rules", () => {
    const cwd = folder({
      ".git/info/exclude": "secret/\n",
      ".gitignore": "build/\n*.Dockerfile\n!keep.Dockerfile\n/top/Dockerfile\n",
      "build/Dockerfile": "",
      "sub/build/Dockerfile": "",
      "a.Dockerfile": "",
      "keep.Dockerfile": "",
      "top/Dockerfile": "",
      "sub/top/Dockerfile": "",
      "secret/Dockerfile": "",
      "sub/.gitignore": "!b.Dockerfile\nonly-here/\n",
      "sub/b.Dockerfile": "",
      "sub/only-here/Dockerfile": "",
      "only-here/Dockerfile": "",
      "module/.git": "gitdir: elsewhere\n",
      "module/a.Dockerfile": "",
    });
    expect(paths([], cwd)).toEqual([
      "keep.Dockerfile",
      "module/a.Dockerfile",
      "only-here/Dockerfile",
      "sub/b.Dockerfile",
      "sub/top/Dockerfile",
    ]);
    expect(paths([], join(cwd, "sub"))).toEqual(["b.Dockerfile", "top/Dockerfile"]);
    expect(paths(["**/*ockerfile"], join(cwd, "sub"))).toEqual(["b.Dockerfile", "top/Dockerfile"]);
  });

  test("a file or folder that is named is taken, ignored or not, whatever its name", () => {
    const cwd = folder({
      ".git/": "",
      ".gitignore": "build\n",
      "build/Dockerfile": "",
      "build/my.docker": "",
    });
    expect(paths(["build/my.docker"], cwd)).toEqual(["build/my.docker"]);
    expect(paths(["build"], cwd)).toEqual(["build/Dockerfile"]);
  });

  test("words: files, folders, globs and -, in their order, each file once", () => {
    const cwd = folder({ "a/Dockerfile": "", "a/x.docker": "", "b/Dockerfile.dev": "", "c[1]": "" });
    expect(paths(["-", "b", "a/*.docker", "./a/../a/Dockerfile", "a", "-", "c[1]"], cwd)).toEqual([
      "-",
      "b/Dockerfile.dev",
      "a/x.docker",
      "a/Dockerfile",
      "c[1]",
    ]);
    expect(paths(["**/Dockerfile{,.*}"], cwd)).toEqual(["a/Dockerfile", "b/Dockerfile.dev"]);
    expect(paths(["./a/Docker*"], cwd)).toEqual(["a/Dockerfile"]);
  });

  test("paths outside the current folder are shown as they were given", () => {
    const cwd = folder({ "a/Dockerfile": "", "b/": "" });
    expect(paths(["../a"], join(cwd, "b"))).toEqual(["../a/Dockerfile"]);
    expect(paths([join(cwd, "a")], join(cwd, "b"))).toEqual([join(cwd, "a/Dockerfile")]);
    expect(paths(["../*/Dockerfile"], join(cwd, "b"))).toEqual(["../a/Dockerfile"]);
    expect(paths([`${cwd}/*/Dockerfile`], join(cwd, "b"))).toEqual([join(cwd, "a/Dockerfile")]);
  });
});
