// Archives that are known by name: what unpacking them makes.
import { describe, expect, test } from "vitest";
import { archiveContent } from "../../src/model/knowledge/archives.ts";

describe("archiveContent", () => {
  test.each([
    ["https://dl.google.com/android/repository/sdk-tools-linux-4333796.zip", ["tools"]],
    ["https://dl.google.com/android/repository/emulator-linux-4077558.zip", ["emulator"]],
    ["https://h.io/commandlinetools-linux-1_latest.zip?x=1", ["cmdline-tools"]],
    ["/tmp/android-ndk-r21e-linux-x86_64.zip", ["android-ndk-r21e"]],
    ["https://go.dev/dl/go1.22.1.linux-amd64.tar.gz", ["go"]],
    ["apache-maven-3.9.6-bin.tar.gz", ["apache-maven-3.9.6"]],
    ["https://h.io/gradle-8.5-all.zip", ["gradle-8.5"]],
  ])("%s", (address, folders) => {
    expect(archiveContent(address)?.folders).toEqual(folders);
  });

  test("any other archive holds what nobody knows", () => {
    expect(archiveContent("https://h.io/x.zip")).toBeUndefined();
    expect(archiveContent("")).toBeUndefined();
  });
});
