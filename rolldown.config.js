// Bundles the command line and the public API: reading few and small files is what makes a short run short.
import { defineConfig } from "rolldown";

export default defineConfig({
  input: { cli: "src/cli.ts", index: "src/index.ts" },
  platform: "node",
  // It finds its addons beside its own files.
  external: [/^@cloudpss\/zstd/],
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    chunkFileNames: "[name]-[hash].js",
    // Names stay, so that a stack can be read.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
