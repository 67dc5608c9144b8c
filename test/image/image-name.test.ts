// Names of images as Docker resolves them, and challenges as registries write them.

import { expect, test } from "vitest";
import { ImageError } from "../../src/image/error.ts";
import { parseChallenges } from "../../src/image/remote/challenge.ts";
import { isLoopback, parseImageName } from "../../src/image/remote/image-name.ts";

const digest = `sha256:${"ab".repeat(32)}`;

test.each([
  ["debian", "docker.io", "library/debian", "latest", undefined],
  ["debian:12", "docker.io", "library/debian", "12", undefined],
  ["docker.io/debian", "docker.io", "library/debian", "latest", undefined],
  ["index.docker.io/debian", "docker.io", "library/debian", "latest", undefined],
  ["team/app", "docker.io", "team/app", "latest", undefined],
  ["localhost/app", "localhost", "app", "latest", undefined],
  ["localhost:5000/app:1", "localhost:5000", "app", "1", undefined],
  ["registry.example/a/b/c:v1.0-x", "registry.example", "a/b/c", "v1.0-x", undefined],
  ["[::1]:5000/app", "[::1]:5000", "app", "latest", undefined],
  [`app@${digest}`, "docker.io", "library/app", undefined, digest],
  [`registry.example/app:1@${digest}`, "registry.example", "app", undefined, digest],
  ["a__b/c-d--e.f", "docker.io", "a__b/c-d--e.f", "latest", undefined],
])("%s", (text, host, repository, tag, its) => {
  expect(parseImageName(text)).toEqual({ host, repository, tag, digest: its });
});

test.each([
  "",
  ":1",
  "/app",
  "app/",
  "App",
  "a___b",
  "app:-1",
  "app:",
  "app@",
  "app@sha256:ab",
  "registry.example/",
  "registry.example/../x",
  "host name/app",
  "user:pw@registry.example/app",
  "registry.example:99999999/app",
  "registry.example#/app",
  `${"a".repeat(400)}`,
  `app:${"a".repeat(200)}`,
])("%s is no name", (text) => {
  expect(() => parseImageName(text)).toThrow(ImageError);
});

test("this machine is told from others", () => {
  for (const host of ["localhost", "LOCALHOST:5000", "a.localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:5000"])
    expect(isLoopback(host), host).toBe(true);
  for (const host of ["127.0.0.1.example", "localhost.example", "10.0.0.1", "[::2]", "128.0.0.1"])
    expect(isLoopback(host), host).toBe(false);
});

test("challenges are read as they come", () => {
  const read = (header: string) =>
    parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
  expect(read('Bearer realm="https://a/b",service="s",scope="repository:x:pull,push"')).toEqual([
    ["bearer", { realm: "https://a/b", service: "s", scope: "repository:x:pull,push" }],
  ]);
  expect(read('Basic realm="a \\"b\\"", Bearer realm=x , error=y')).toEqual([
    ["basic", { realm: 'a "b"' }],
    ["bearer", { realm: "x", error: "y" }],
  ]);
  expect(read("Negotiate, Basic")).toEqual([
    ["negotiate", {}],
    ["basic", {}],
  ]);
  for (const odd of ["", ",,,", '="', '"', 'Bearer realm="', "Bearer =,=,", " ".repeat(50_000)]) read(odd);
});
