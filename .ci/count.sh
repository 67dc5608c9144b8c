# Sourced by checks: counts what passes and prints the line that .ci/run reads.
passed=0 failed=0 skipped=0

# ok NAME COMMAND...: the command must succeed; its output is shown when it does not.
ok() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok    $name"
  else
    failed=$((failed + 1))
    echo "FAIL  $name"
    echo "$output" | sed 's/^/      /'
  fi
}

# skip NAME WHY
skip() {
  skipped=$((skipped + 1))
  echo "skip  $1: $2"
}

finish() {
  local line="$passed passed, $failed failed"
  if [ "$skipped" -gt 0 ]; then line="$line, $skipped skipped"; fi
  echo "$line"
  [ "$failed" -eq 0 ]
}
