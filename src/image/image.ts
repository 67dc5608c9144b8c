// The seam of the image half: what a source opens (OpenImage) and what a walk over its layers yields (WalkedImage).

import type { LayerEntries, PathTable } from "./entries.ts";

/** One line of a config's history, base first; an entry with `emptyLayer` has no layer of its own. */
export interface HistoryEntry {
  /** As the builder spelled it: "RUN /bin/sh -c …", "/bin/sh -c #(nop) COPY …", "COPY a b # buildkit", "" if absent. */
  readonly createdBy: string;
  readonly emptyLayer: boolean;
  readonly created: string | undefined;
  readonly comment: string | undefined;
  readonly author: string | undefined;
}

/** The parts of an image config that measuring needs; all else in it is left alone. */
export interface ImageConfig {
  readonly os: string | undefined;
  readonly architecture: string | undefined;
  readonly variant: string | undefined;
  readonly created: string | undefined;
  readonly history: readonly HistoryEntry[];
  /** `rootfs.diff_ids`: digests of the uncompressed layers, base first; one per layer of the image. */
  readonly diffIds: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** An in-toto statement that a builder attached to the image (BuildKit: `--provenance`, `--sbom`), as parsed JSON. */
export interface Attestation {
  /** "https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1", "https://spdx.dev/Document", … */
  readonly predicateType: string;
  readonly statement: unknown;
}

/** What is known of an image before a layer is read. */
export interface ImageDescription {
  /** What was asked for: "app.tar", "registry.example/app:1". */
  readonly name: string;
  /** Digest of the manifest; for archives without one (classic `docker save`) that of the config. */
  readonly digest: string | undefined;
  /** "linux/amd64", "linux/arm/v7"; undefined when the config does not say. */
  readonly platform: string | undefined;
  readonly config: ImageConfig;
  /** The manifest's annotations, with those of the index entry that led to it below them. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly attestations: readonly Attestation[];
}

/** Where a layer's bytes lie: a range of an open file, or something that can be opened and read once, in order. */
export type LayerData =
  | {
      readonly kind: "range";
      readonly fd: number;
      /** Bytes from the start of the file. */
      readonly offset: number;
      readonly length: number;
    }
  | { readonly kind: "stream"; readonly open: () => AsyncIterable<Uint8Array> };

/** A layer as it is stored, before anything of it is read. Whether it is compressed its first bytes tell. */
export interface LayerBlob {
  /** Digest of the blob as stored; undefined where the format does not say (classic `docker save`). */
  readonly digest: string | undefined;
  /** Digest of the uncompressed tar, from the config. */
  readonly diffId: string | undefined;
  readonly mediaType: string | undefined;
  /** Bytes as stored; undefined if only reading tells. */
  readonly size: number | undefined;
  readonly data: LayerData;
}

/** An image that a source has found and opened; nothing of its layers is read yet. Close it. */
export interface OpenImage extends ImageDescription {
  /** Base first, one per `config.diffIds`. */
  readonly layers: readonly LayerBlob[];
  /** Makes streams of layers that are being read fail, where they may be slow. */
  readonly abort?: (() => void) | undefined;
  close(): Promise<void>;
}

export type Compression = "none" | "gzip" | "zstd";

/** One layer, walked. */
export interface WalkedLayer {
  /** Digest of the blob as stored; for uncompressed layers without one their diff id; "" if neither is known. */
  readonly digest: string;
  readonly diffId: string | undefined;
  readonly mediaType: string | undefined;
  readonly compression: Compression;
  /** Bytes of the blob as stored: what a pull pays when the layer is compressed, the whole tar when it is not. */
  readonly compressedSize: number;
  readonly entries: LayerEntries;
}

/**
 * An image whose layers are all walked. Layers and indices are numbers into `layers` and their `entries`.
 * The three content functions are for entries of kind "file" and may read from disk: call them before `close`.
 */
export interface WalkedImage extends ImageDescription {
  readonly paths: PathTable;
  /** Base first; as many as `config.diffIds`. */
  readonly layers: readonly WalkedLayer[];
  /** Whether two files have the same content. Files of different size never do. */
  sameContent(layerA: number, indexA: number, layerB: number, indexB: number): boolean;
  /** A 64-bit hash of a file's content, for grouping files of equal size; 0n for empty files. */
  contentHash(layer: number, index: number): bigint;
  /**
   * A file's bytes. From an uncompressed archive on disk any file up to 64 MiB; from compressed or streamed layers
   * only what `ReadOptions.capture` asked for during the walk. Undefined when it is not there.
   */
  readFile(layer: number, index: number): Uint8Array | undefined;
  close(): Promise<void>;
}

/** Bounds that keep a hostile image from taking the machine; the defaults are in limits.ts. */
export interface ReadLimits {
  /** Entries of all layers together, and distinct paths. */
  readonly entries: number;
  /** A compressed layer may inflate to this many times its compressed size… */
  readonly inflation: number;
  /** …and those that go beyond to this many bytes all together, to a part of them with zstd. */
  readonly inflatedBytes: number;
  /** Bytes of any one manifest, index, config or attestation. */
  readonly documentBytes: number;
  /** Bytes of one captured file, and of all of them. */
  readonly capturedFileBytes: number;
  readonly capturedBytes: number;
}

export interface ReadProgress {
  /** Bytes of the archive or of the blobs that are dealt with (read or skipped). */
  readonly done: number;
  /** Undefined for a pipe of unknown length. */
  readonly total: number | undefined;
}

export interface ReadOptions {
  /** "linux/arm64", "linux/arm/v7"; chooses in an index of several platforms. */
  readonly platform?: string | undefined;
  /** Tag ("app:1", "1"), digest or a digest's start; chooses in an archive of several images. */
  readonly reference?: string | undefined;
  /** The name the result carries; the source itself by default. */
  readonly name?: string | undefined;
  /** Check every digest, also of blobs that need not be read whole. */
  readonly verify?: boolean | undefined;
  /** Which small files to keep from layers that are read once; asked with absolute paths. */
  readonly capture?: ((path: string) => boolean) | undefined;
  /** Called now and then, at most every few milliseconds. */
  readonly progress?: ((progress: ReadProgress) => void) | undefined;
  readonly limits?: Partial<ReadLimits> | undefined;
  /** Speak to registries without TLS; those on this machine may do so anyway. */
  readonly plainHttp?: boolean | undefined;
  /**
   * Milliseconds for which a daemon or a registry may be silent: 30,000 by default, and ten minutes for a daemon that
   * packs an image up.
   */
  readonly timeout?: number | undefined;
  /** DOCKER_HOST, DOCKER_CONFIG and the like; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}
