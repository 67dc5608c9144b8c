#!/usr/bin/env bash
# Builds BuildKit's daemon and client from Go modules into the cache, once: needs Go and a module proxy, no Docker.
# BUILDKIT_VERSION=v0.34.2 takes another release than the one that the tests are known to pass with.
set -euo pipefail

version=${BUILDKIT_VERSION:-v0.33.1}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dfdedupe-e2e
if [ -x "$cache/bin/buildkitd" ] && [ "$(cat "$cache/bin/buildkit-version" 2>/dev/null)" = "$version" ]; then exit 0; fi
command -v go >/dev/null || { echo "BuildKit cannot be built: Go is not installed" >&2; exit 1; }

# `go install …@version` refuses a module that has exclude directives, and this one has: build it as the main module.
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
cd "$work"
# Its lines about downloads matter only when it fails.
quiet() { "$@" 2>"$work/log" || { cat "$work/log" >&2; return 1; }; }
source=$(quiet go mod download -json "github.com/moby/buildkit@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
cp -r "$source" buildkit
chmod -R u+w buildkit
cd buildkit
mkdir -p "$cache/bin"
flags="-s -w -X github.com/moby/buildkit/version.Version=$version"
CGO_ENABLED=0 GOBIN="$cache/bin" quiet go install -trimpath -ldflags "$flags" ./cmd/buildkitd ./cmd/buildctl
echo "$version" >"$cache/bin/buildkit-version"
