// What a finding advises where no edit is known agrees with why there is none, and with the lines that it names.
import { expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import type { Finding } from "../../src/finding.ts";

/** The finding on the last instruction. */
function last(...rows: readonly string[]): Finding | undefined {
  const text = `${rows.join("\n")}\n`;
  const start = text.lastIndexOf("\n", text.length - 2) + 1;
  return analyze(text).findings.find(({ span }) => span.start >= start);
}

const SETCAP = "RUN setcap cap_net_bind_service=+ep /usr/local/bin/server";
const DEB = "ADD https://example.org/tool.deb /tmp/tool.deb";

test.each<[string, RegExp, RegExp, ...string[]]>([
  [
    "capabilities of what is copied: no flag sets them, so none is advised",
    /^no flag of COPY sets capabilities$/,
    /^copy the files in the RUN, .* instead of at line 2, and set the capabilities there$/,
    "FROM debian:12",
    "COPY server /usr/local/bin/server",
    SETCAP,
  ],
  [
    "capabilities of what a parent stage copies: set there",
    /^the stage that this one starts from stores them \(line 2\)$/,
    /^set the capabilities where the files are first stored, at line 2$/,
    "FROM debian:12 AS base",
    "COPY server /usr/local/bin/server",
    "FROM base",
    SETCAP,
  ],
  [
    "attributes of what a RUN wrote: COPY has no part in it",
    /^USER is another one there$/,
    /^set the capabilities in the layer that writes the files \(line 2\)$/,
    "FROM debian:12",
    "RUN curl -fsSLo /usr/local/bin/server https://example.org/server",
    "USER nobody",
    SETCAP,
  ],
  [
    "a downloaded package that is installed: nothing to mount",
    /curl or wget/,
    /^fetch the archive in the RUN that unpacks it, and remove it there, instead of by ADD at line 2$/,
    "FROM debian:12",
    DEB,
    "RUN dpkg -i /tmp/tool.deb",
  ],
  [
    "a downloaded package that is removed: nothing to mount or to leave out",
    /^line 3 uses the same files$/,
    /^fetch the files in the RUN that needs them, and remove them there, instead of by ADD at line 2$/,
    "FROM debian:12",
    DEB,
    "RUN dpkg -i /tmp/tool.deb",
    "RUN rm /tmp/tool.deb",
  ],
  [
    "a downloaded file that is edited: not copied from anywhere",
    /cannot be mounted$/,
    /^fetch the files in the RUN that changes them, instead of by ADD at line 2$/,
    "FROM debian:12",
    "ADD https://example.org/x.bin /opt/x.bin",
    "RUN sed -i s/a/b/ /opt/x.bin",
  ],
  [
    "a part of an archive that ADD unpacked: no COPY brings it",
    /^only \/srv\/models of what line 2 unpacks is concerned$/,
    /^unpack the archive in the RUN, .* instead of by ADD at line 2, and set owner and mode there$/,
    "FROM debian:12",
    "ADD bundle.tar.gz /srv",
    "RUN chown -R nobody /srv/models",
  ],
  [
    "a part of a copied folder: by a COPY of its own",
    /^only \/app\/models of what line 2 copies is concerned$/,
    /^copy what is concerned by a COPY of its own, .* and the rest at line 2$/,
    "FROM debian:12",
    "COPY . /app",
    "RUN chown -R nobody /app/models",
  ],
  [
    "what the base image and a RUN stored: both are named",
    /^some of the files are the base image's/,
    /^set owner and mode where the files are first stored, in the base image and at line 2$/,
    "FROM continuumio/miniconda3",
    "RUN conda install -y numpy",
    "RUN chown -R 1000 /opt/conda",
  ],
  [
    "what the base image alone stored",
    /^the files are the base image's/,
    /^set owner and mode where the files are first stored, in the base image$/,
    "FROM continuumio/miniconda3",
    "RUN chown -R 1000 /opt/conda",
  ],
  [
    "what ADD stored and a RUN stored again is not the work of RUNs",
    /^not only RUNs stored the files$/,
    /^bring the files in by the RUN that needs them, and remove them there, instead of at lines 2 and 3$/,
    "FROM debian:12",
    "ADD https://github.com/example/tool.git /src",
    "RUN chown -R nobody /src",
    "RUN rm -rf /src",
  ],
])("%s", (_, why, title, ...rows) => {
  const fix = last(...rows)?.fix;
  expect(fix?.applicability).toBe("manual");
  expect(fix?.why).toMatch(why);
  expect(fix?.title).toMatch(title);
});

test.each<[string, string, ...string[]]>([
  ["the conda environment of the base image", "RUN chown -R 1000 /opt/conda"],
  ["/opt/conda/envs/web of the base image", "RUN chown -R 1000 /opt/conda/envs/web"],
  [
    "the conda environment of the base image and /opt/conda/envs/web",
    "RUN conda create -y -n web && conda clean -afy",
    "RUN chown -R 1000 /opt/conda",
  ],
  [
    "the conda environment",
    "RUN chown -R 1000 /opt/conda",
    "RUN conda --version",
    "RUN chown -R 2000 /opt/conda",
  ],
])("the message says that nothing in the file stored %s", (what, ...rows) => {
  const finding = last("FROM continuumio/miniconda3", ...rows);
  expect(finding?.message).toBe(`changes only the owner of ${what}, yet this layer stores every file again`);
  expect(finding?.severity).toBe(what.startsWith("/") ? "warning" : "error");
});
