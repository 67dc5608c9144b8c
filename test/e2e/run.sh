#!/usr/bin/env bash
# Builds images for real, before and after their fixes, with buildah and BuildKit, and reads them from archives, a
# registry, the Docker daemon and podman (test/e2e). Installs what is missing when it may; what then still is missing is
# skipped with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=()
need() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || packages+=("$2"); }
need buildah buildah
need skopeo skopeo
need runc runc
need debootstrap debootstrap
need umoci umoci
need docker-registry docker-registry
need dockerd docker.io
need podman podman
need openssl openssl
if [ ${#packages[@]} -gt 0 ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null || echo "apt-get cannot update"
  # One by one: what one system lacks must not keep the others away.
  for package in "${packages[@]}"; do
    apt-get install -y -qq --no-install-recommends "$package" >/dev/null || echo "apt-get cannot install $package"
  done
fi
test/e2e/setup/buildkit.sh || echo "no BuildKit: its builds are skipped"

results=.cache/e2e/results.json
rm -f "$results"
status=0
CI=true npx vitest run --config test/e2e/vitest.config.ts || status=$?
node -e '
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = require(process.argv[1]);
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  console.log(`${numPassedTests} passed, ${numFailedTests + broken} failed, ${numPendingTests + numTodoTests} skipped`);
' "$PWD/$results"
exit "$status"
