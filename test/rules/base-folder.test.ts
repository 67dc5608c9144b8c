// Where a base image's commands begin is known of some, and never guessed.
import { describe, expect, test } from "vitest";
import { fixText } from "../../src/fix.ts";

function fixed(text: string): string {
  return fixText(text).text;
}

const unpacking = (base: string) =>
  `FROM ${base}\nUSER root\nCOPY model.tar.gz ./\nRUN tar -xzf model.tar.gz -C /opt && rm model.tar.gz\n`;

describe("a relative path", () => {
  test.each([
    ["debian:12", "/model.tar.gz"],
    ["golang:1.22", "/go/model.tar.gz"],
    ["jupyter/scipy-notebook", "/home/jovyan/model.tar.gz"],
    ["scratch", "/model.tar.gz"],
  ])("begins in the folder of %s", (base, target) => {
    expect(fixed(unpacking(base))).toContain(`source=model.tar.gz,target=${target} `);
  });

  test.each(["example/base:1", "nvcr.io/nvidia/pytorch:24.02-py3", "php:8-apache", "$BASE"])(
    "is found again in %s, and not mounted",
    (base) => {
      const { text, refused } = fixText(unpacking(base));
      expect(text).toBe(unpacking(base));
      expect(refused.map(({ finding, why }) => [finding.rule, why])).toEqual([
        ["unpacked-later", "it is not known where the files are"],
      ]);
      expect(refused[0]?.finding.message).toContain("$" + "{WORKDIR}/model.tar.gz");
    },
  );
});

describe("commands that move behind a cd", () => {
  const cloning = (base: string) =>
    `FROM ${base}\nRUN git clone https://example.org/tool.git && cd tool && make\nRUN rm -rf tool\n`;

  test("go back to the folder of the base image", () => {
    expect(fixed(cloning("golang:1.22"))).toContain("&& cd /go \\\n    && rm -rf tool");
    expect(fixed(cloning("debian:12"))).toContain("&& cd / \\\n    && rm -rf tool");
  });

  test("stay where that is not known", () => {
    expect(fixed(cloning("example/base:1"))).toBe(cloning("example/base:1"));
  });
});
