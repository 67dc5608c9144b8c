// Base images by name: their system, whether apt cleans up, where Python is, what they set and hold.
import { describe, expect, test } from "vitest";
import { baseImage } from "../../src/model/base.ts";
import { baseImageFactSchema, baseImageFacts } from "../../src/model/knowledge/base-images.ts";

const families: readonly (readonly [name: string | undefined, family: string])[] = [
  ["debian:bookworm-slim", "debian"],
  ["docker.io/library/debian", "debian"],
  ["ubuntu", "ubuntu"],
  ["public.ecr.aws/ubuntu/ubuntu:22.04", "ubuntu"],
  ["arm64v8/ubuntu:24.04@sha256:0123", "ubuntu"],
  ["registry.example.com:5000/mirror/library/ubuntu:22.04", "ubuntu"],
  ["python:3.12", "debian"],
  ["python:3.12-slim-bookworm", "debian"],
  ["python:3.12-alpine3.20", "alpine"],
  ["mirror.gcr.io/library/python:3", "debian"],
  ["node:22-alpine", "alpine"],
  ["golang:1.22-bullseye", "debian"],
  ["nvidia/cuda:12.4.0-devel-ubuntu22.04", "ubuntu"],
  ["nvcr.io/nvidia/cuda:12.9.1-base-ubi9", "redhat"],
  ["nvidia/cuda:11.4.0-devel-centos7", "redhat"],
  ["alpine:3.9", "alpine"],
  ["fedora:latest", "redhat"],
  ["rockylinux:9", "redhat"],
  ["registry.access.redhat.com/ubi9/ubi-minimal:9.4", "redhat"],
  ["registry.access.redhat.com/ubi8", "redhat"],
  ["public.ecr.aws/amazonlinux/amazonlinux:2023", "redhat"],
  ["mcr.microsoft.com/dotnet/sdk:9.0-azurelinux3.0", "redhat"],
  ["mcr.microsoft.com/dotnet/sdk:9.0", "debian"],
  ["mcr.microsoft.com/windows/servercore:ltsc2022", "windows"],
  ["mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-1809", "windows"],
  ["opensuse/leap:15", "suse"],
  ["archlinux", "arch"],
  ["scratch", "scratch"],
  ["example.org/team/thing:1", "unknown"],
  [undefined, "unknown"],
  ["", "unknown"],
];

describe("baseImage", () => {
  test.each(families)("%s is %s", (name, family) => {
    expect(baseImage(name).family).toBe(family);
  });

  test("apt cleans up wherever it can be met but on a root file system of one's own", () => {
    const cleans = (name: string | undefined) => baseImage(name).cleansApt;
    expect(["debian", "ubuntu:16.04", "python:3", "phusion/baseimage:0.9.17", undefined].map(cleans)).toEqual(
      [true, true, true, true, true],
    );
    expect(["scratch", "alpine", "fedora"].map(cleans)).toEqual([false, false, false]);
  });

  test.each([
    ["python:3.12", "/usr/local"],
    ["ubuntu", "/usr/local"],
    ["continuumio/miniconda3:4", "/opt/conda"],
    ["continuumio/anaconda3", "/opt/conda"],
    ["condaforge/mambaforge:latest", "/opt/conda"],
    ["jupyter/minimal-notebook:307ad2bb5fce", "/opt/conda"],
    ["quay.io/jupyter/datascience-notebook:latest", "/opt/conda"],
    ["pytorch/pytorch:2.1.0-cuda12.1-cudnn8-runtime", "/opt/conda"],
    ["registry.access.redhat.com/ubi9/python-312:latest", "/opt/app-root"],
  ])("the Python of %s is in %s", (name, prefix) => {
    expect(baseImage(name).pythonPrefix).toBe(prefix);
  });

  test("variables and contents that are known from the name", () => {
    expect(baseImage("golang:1.22").env).toEqual({ GOPATH: "/go" });
    expect(baseImage("quay.io/jupyter/base-notebook").env).toMatchObject({
      CONDA_DIR: "/opt/conda",
      HOME: "/home/jovyan",
    });
    expect(baseImage("jupyter/base-notebook").contents).toMatchObject([
      { target: { path: "/opt/conda", extent: "tree" }, size: { kind: "large" } },
    ]);
    expect(baseImage("debian").env).toBeUndefined();
    expect(baseImage("debian").contents).toBeUndefined();
  });

  test("the facts have their form, and no name stands twice", () => {
    for (const fact of baseImageFacts) expect(() => baseImageFactSchema.parse(fact)).not.toThrow();
    const names = baseImageFacts.flatMap((fact) => fact.names);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
